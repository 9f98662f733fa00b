import Foundation
import MillraceImages
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceShards
@testable import MillraceTraining

/// Contract 1 beyond one process: the same seed gives the same bits, whatever the ranks.
struct RankTests {
  /// Trains in ranks that are threads of this process.
  static func train(
    _ configuration: TrainingConfiguration, output: String, name: String, ranks: Int,
    stopAfter steps: Int? = nil
  ) throws -> [Result<Int, any Error>] {
    try LocalProcesses.run(ranks) { group in
      var rollCalls = 0
      let ranks = Ranks(
        group, program: "1", explain: { ("\($0)", 65) },
        stopSignal: {
          rollCalls += 1
          return group.rank == group.count - 1 && rollCalls > steps ?? .max ? 2 : 0
        })
      let watch = AgreedStop(ranks)
      let run =
        FileManager.default.fileExists(atPath: "\(output)/\(name)")
        ? try TrainingRun(
          resuming: "\(output)/\(name)", changing: { $0.execution.workers = 1 + group.rank % 2 }, ranks: ranks
        )
        : try TrainingRun(configuration, output: output, name: name, ranks: ranks)
      return try run.train(observers: [watch]).skipped.count
    }
  }

  private static func model(_ output: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name)/model.safetensors"))
  }

  /// The numbers of ranks and workers, and the number of units: what ranks send each other depends on all three.
  struct Spread: CustomTestStringConvertible {
    let ranks: [Int]
    let workers: Int
    let units: Int
    let shards: Int
    /// Whether the ranks share the rows of the first layer's weights.
    let sharesRows: Bool

    var testDescription: String { "\(ranks) ranks of \(workers) workers, \(units) units, \(shards) shards" }

    static let all = [
      Spread(ranks: [2, 3, 5], workers: 2, units: 12, shards: 5, sharesRows: false),
      Spread(ranks: [2], workers: 2, units: 1024, shards: 5, sharesRows: true),
      // The run is resumed on two ranks, which have different numbers of workers.
      Spread(ranks: [1], workers: 2, units: 1024, shards: 5, sharesRows: true),
      // Two ranks have no shard.
      Spread(ranks: [4], workers: 1, units: 1024, shards: 2, sharesRows: true),
    ]
  }

  @Test(arguments: ResumeCase.allCases, Spread.all)
  func `A model file is the same bytes for any number of ranks, interrupted and resumed on another`(
    kind: ResumeCase, spread: Spread
  ) throws {
    let bench = try ResumeBench(for: kind)
    var configuration = try kind.configuration(bench.images)
    configuration.hidden = [spread.units]
    configuration.optimization.shards = spread.shards
    configuration.execution.workers = spread.workers
    let output = try TemporaryFolder()
    _ = try TrainingRun(configuration, output: output.path, name: "alone").train()
    let alone = try Self.model(output.path, "alone")
    for ranks in spread.ranks {
      let plan = RowPlan(
        inputs: 64, units: spread.units, capacity: configuration.optimization.batchSize, ranks: ranks,
        workers: spread.workers)
      #expect((plan != nil) == spread.sharesRows)
      for result in try Self.train(configuration, output: output.path, name: "\(ranks)", ranks: ranks) {
        _ = try result.get()
      }
      let isSame = try Self.model(output.path, "\(ranks)") == alone
      #expect(isSame, "\(ranks) ranks")

      let stopped = try Self.train(
        configuration, output: output.path, name: "stopped-\(ranks)", ranks: ranks, stopAfter: 4)
      #expect(stopped.allSatisfy { if case .failure(is AgreedStop.Stop) = $0 { true } else { false } })
      _ = try Self.train(
        configuration, output: output.path, name: "stopped-\(ranks)", ranks: ranks % 4 + 1
      )
      .map { try $0.get() }
      let isSameAfterwards = try Self.model(output.path, "stopped-\(ranks)") == alone
      #expect(isSameAfterwards, "\(ranks) ranks, then \(ranks % 4 + 1)")
    }
  }

  @Test(arguments: [24, 1024])
  func `Files that cannot be used are the same list for any number of ranks`(units: Int) throws {
    let folder = try ImageFolder()
    for number in [0, 5] {
      try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/class1/\(number).png"))
    }
    var configuration = try DeterminismTests.configuration(folder)
    configuration.reading.maxBad = .count(20)
    configuration.hidden = [units]
    configuration.execution.workers = 1
    let output = try TemporaryFolder()
    let alone = try TrainingRun(configuration, output: output.path, name: "alone").train()
    #expect(alone.skipped.count == 2)
    for ranks in [2, 4] {
      let counts = try Self.train(configuration, output: output.path, name: "\(ranks)", ranks: ranks)
        .map { try $0.get() }
      #expect(counts == Array(repeating: 2, count: ranks))
      let isSame = try Self.model(output.path, "\(ranks)") == Self.model(output.path, "alone")
      #expect(isSame, "\(ranks) ranks")
    }
  }

  @Test(arguments: [24, 1024])
  func `A run that diverges ends on all ranks, with the words of one process`(units: Int) throws {
    let folder = try ImageFolder()
    var configuration = try DeterminismTests.configuration(folder)
    configuration.hidden = [units]
    configuration.execution.workers = 1
    configuration.optimization.learningRate = 1e30
    configuration.optimization.regularization = RegularizationOptions()
    let output = try TemporaryFolder()
    let alone = #expect(throws: DivergenceError.self) {
      _ = try TrainingRun(configuration, output: output.path, name: "alone").train()
    }
    for result in try Self.train(configuration, output: output.path, name: "2", ranks: 2) {
      let error = #expect(throws: DivergenceError.self) { _ = try result.get() }
      #expect(error.map { "\($0)" } == alone.map { "\($0)" })
    }
  }

  @Test func `A rank that would do something else is named by all`() throws {
    let folder = try ImageFolder()
    let configuration = try DeterminismTests.configuration(folder)
    let output = try TemporaryFolder()
    let path = output.path
    let results = try LocalProcesses.run(3) { group in
      var configuration = configuration
      if group.rank == 2 { configuration.seed = 77 }
      _ = try TrainingRun(configuration, output: path, ranks: Ranks(group, program: "1"))
    }
    for result in results {
      #expect {
        try result.get()
      } throws: { error in
        "\(error)".contains("rank 2 on host-2 differs from rank 0 in its setting seed: 77 instead of")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
  }

  @Test func `An error of one rank ends all`() throws {
    let folder = try ImageFolder()
    try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/class1/0.png"))
    var configuration = try DeterminismTests.configuration(folder)
    configuration.reading.onBadFile = .fail
    configuration.trainOnEverything()
    configuration.normalization = Normalization(
      mean: [0.5, 0.5, 0.5], standardDeviation: [0.3, 0.3, 0.3])
    let output = try TemporaryFolder()
    let results = try Self.train(configuration, output: output.path, name: "x", ranks: 3)
    let messages = results.map { result in
      if case .failure(let error) = result { "\(error)" } else { "" }
    }
    #expect(messages.allSatisfy { $0.contains("class1/0.png") }, "\(messages)")
    #expect(messages.count { $0.hasPrefix("rank ") } == 2)
    let codes = results.compactMap { result in
      if case .failure(RankError.failed(_, _, _, let code)) = result { code } else { nil }
    }
    #expect(codes == [65, 65])
  }
}

/// When ranks share the rows of the first layer's weights.
struct RowPlanTests {
  @Test(arguments: [1, 2, 4]) func `Each rank has a run of the rows`(ranks: Int) throws {
    let plan = try #require(RowPlan(inputs: 784, units: 800, capacity: 128, ranks: ranks, workers: 1))
    #expect(plan.units.first?.lowerBound == 0)
    #expect(zip(plan.units, plan.units.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(plan.units.allSatisfy { $0.count == 800 / ranks })
    #expect(plan.count == 784 * 800)
    #expect(plan.bucket.elements.map(\.count).reduce(0, +) == plan.count)
  }

  @Test func `Gradients are exchanged where rows cannot be shared evenly or are less to send`() {
    #expect(RowPlan(inputs: 784, units: 800, capacity: 128, ranks: 3, workers: 1) == nil)
    #expect(RowPlan(inputs: 784, units: 800, capacity: 128, ranks: 2, workers: 3) == nil)
    // There are eleven products: one rank would have none.
    #expect(RowPlan(inputs: 784, units: 2816, capacity: 128, ranks: 12, workers: 1) == nil)
    #expect(RowPlan(inputs: 784, units: 200, capacity: 128, ranks: 2, workers: 1) == nil)
    #expect(RowPlan(inputs: 784, units: 800, capacity: 4096, ranks: 2, workers: 1) == nil)
  }
}

extension RowPlan {
  /// The plan of a network with one hidden layer.
  fileprivate init?(inputs: Int, units: Int, capacity: Int, ranks: Int, workers: Int) {
    let network = Network(
      NetworkConfiguration(inputCount: inputs, hidden: [HiddenLayer(units: units)], outputCount: 10))
    self.init(
      network: network, blocks: ParameterBlocks(network: network), capacity: capacity, ranks: ranks,
      workers: workers)
  }
}

/// Ends a run when its ranks have agreed to end.
private final class AgreedStop: TrainingObserver {
  struct Stop: Error {}
  private let ranks: Ranks

  init(_ ranks: Ranks) { self.ranks = ranks }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .stepFinished, .validating:
      guard ranks.agreedSignal != 0 else { return }
      ranks.endTogether()
      throw Stop()
    default: break
    }
  }
}
