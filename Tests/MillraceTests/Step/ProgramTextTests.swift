import Foundation
import MillraceNetwork
import Testing

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// The programs that the article on the step shows.
struct ProgramTextTests {
  /// The blocks of the article that are programs.
  private static func programs() throws -> [String] {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/Millrace/Millrace.docc/TheStep.md").standardizedFileURL
    let parts = try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```")
    return parts.indices.filter { $0 % 2 == 1 }.map { parts[$0].trimmingCharacters(in: .newlines) }
      .filter { $0.hasPrefix("worker 0") || $0.hasPrefix("opening") }
  }

  private static func listing(ranks: Int, workers: Int) -> StepListing {
    let network = Network(
      NetworkConfiguration(inputCount: 64, hidden: [HiddenLayer(units: 20)], outputCount: 3))
    var options = OptimizationOptions()
    (options.batchSize, options.shards) = (32, 2)
    return StepListing(network, options, workers: workers, ranks: ranks, rank: 0)
  }

  @Test func `The article shows the programs of two workers and of two ranks as they are`() throws {
    let expected = [(ranks: 1, workers: 2), (2, 1)].map { Self.listing(ranks: $0.ranks, workers: $0.workers) }
    #expect(try Self.programs() == expected.map { $0.lines.joined(separator: "\n") })
  }

  @Test func `Two workers of a process alone claim shards, meet, and step`() {
    let lines = Self.listing(ranks: 1, workers: 2).lines
    for worker in 0..<2 {
      #expect(
        lines.split(separator: "worker \(worker)").last?.prefix(4)
          == ["  claim(queue: 0)", "  meet", "  stopIfDiverged", "  sumAndStep(piece: \(worker))"])
    }
    #expect(lines.count { $0.hasPrefix("queue 0, task") } == 2)
  }

  @Test func `Two ranks send what the other steps, as soon as it is there`() throws {
    let lines = Self.listing(ranks: 2, workers: 1).lines
    #expect(lines.prefix(2) == ["opening", "  receive gradients(bucket: 0, shards: 1..<2), rank 1 to 0"])
    #expect(
      lines.suffix(3) == [
        "counter 1, after 3", "  addUp(part: 0, bucket: 0, rank: 1)",
        "  send gradients(bucket: 0, shards: 0..<1), rank 0 to 1",
      ])
  }

  @Test func `A step of ranks or a rank that cannot be is refused`() {
    let configuration = TrainingConfiguration(data: "")
    for (ranks, rank, setting) in [(0, 0, "ranks"), (2, 2, "rank"), (2, -1, "rank")] {
      let error = #expect(throws: ConfigurationError.self) {
        try StepListing(configuration, classCount: 10, ranks: ranks, rank: rank)
      }
      #expect(error?.setting == setting)
    }
  }
}
