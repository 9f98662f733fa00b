import Foundation
import Testing

/// What `bench compute --print-program` prints.
struct PrintProgramTests {
  private static let network = [
    "--image-size", "8", "--channels", "gray", "--hidden", "20", "--classes", "3", "--batch-norm", "none",
    "--dropout", "0", "--batch-size", "32", "--shards", "2",
  ]

  @Test(arguments: [["--workers", "2"], ["--workers", "1", "--ranks", "2"]])
  func aProgramIsPrintedAsTheArticleShowsIt(processes: [String]) throws {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Millrace/Millrace.docc/TheStep.md").standardizedFileURL
    let text = try String(contentsOf: article, encoding: .utf8)
    let outcome = try Workbench().run(["bench", "compute", "--print-program"] + Self.network + processes)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.output.contains("worker 0\n") && text.contains("```\n\(outcome.output)```"))
    // The article names the flags.
    #expect(text.contains(processes.joined(separator: " ") + " --print-program"))
  }

  @Test func aProgramIsAnObjectWithItsLines() throws {
    let arguments = ["--workers", "2", "--ranks", "3", "--rank", "1", "--json"]
    let json = try Workbench().run(["bench", "compute", "--print-program"] + Self.network + arguments).json()
    #expect(json["rank"] as? Int == 1 && json["ranks"] as? Int == 3 && json["workers"] as? Int == 2)
    #expect(json["widths"] as? [Int] == [64, 20, 3] && (json["lines"] as? [String])?.isEmpty == false)
  }
}
