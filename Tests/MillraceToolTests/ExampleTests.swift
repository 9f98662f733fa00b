import Foundation
import Testing

/// The programs in `Sources/Examples`, and the texts that quote them.
struct ExampleTests {
  private func run(_ example: String, _ arguments: String..., at bench: Workbench) throws -> [Substring] {
    let outcome = try bench.run(arguments, of: Workbench.executable("example-\(example)"))
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome.output.split(separator: "\n")
  }

  @Test func trainingOnAFolder() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 4)
    let lines = try run("train-on-a-folder", "data", "test", at: bench)
    // There are few images, so a refit takes as many steps on all images, with two steps in each epoch.
    #expect(lines.count == 10 + 5 + 1 + 12)
    #expect(lines.prefix(10).map { $0.prefix { $0 != " " } } == (1...10).map { "\($0)" })
    let accuracy = try #require(lines.dropFirst(15).first?.split(separator: " ").last.flatMap { Double($0) })
    #expect(accuracy > 0.5)
    #expect(lines.suffix(12).allSatisfy { line in Workbench.classes.contains { line.hasSuffix(" \($0)") } })
    #expect(bench.exists("runs/1/model.safetensors"))
  }

  @Test func picturesInMemory() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let picture = "data/across/0.png"
    let lines = try run("classify-in-memory", "runs/1", picture, at: bench)
    #expect(lines.count == 3)
    let told = try bench.run("predict", "runs/1", picture).output
    #expect(told.contains(lines[0].split(separator: " ")[0]))
    #expect(lines[2].split(separator: " ").allSatisfy { Workbench.classes.contains(String($0)) })
  }

  @Test func arrays() throws {
    let lines = try run("train-on-arrays", at: try Workbench())
    let figures = lines.map { $0.split(separator: " ").compactMap { Double($0) } }
    #expect(figures.map(\.first) == [30, 60, 90, 120, 150] && figures.allSatisfy { $0.count == 3 })
    #expect(try #require(figures.last)[2] > 0.98)
  }

  @Test func anAugmentationOfOnesOwn() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let lines = try run("own-augmentation", "data", "pictures", at: bench)
    #expect(lines == ["pictures/contact-sheet.png"] && bench.exists("pictures/contact-sheet.png"))
    let plans = try JSONSerialization.jsonObject(with: Data(try bench.bytes("pictures/plans.json")))
    let steps = try #require(plans as? [[String: Any]]).compactMap { entry in
      (entry["plan"] as? [String: Any])?["steps"] as? [[String: [String: Double]]]
    }
    let strengths = steps.flatMap { $0 }.compactMap { $0["vignette"]?["strength"] }
    #expect(strengths.count == 16 * 8 && Set(strengths).count > 64)
    #expect(strengths.allSatisfy { (0.2...0.8).contains(Float($0)) })
  }

  @Test func aLayerAndALossOfOnesOwn() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let lines = try run("own-layer", "data", at: bench)
    let figures = lines.map { $0.split(separator: " ").compactMap { Double($0) } }
    #expect(figures.map(\.first) == (1...20).map { Double($0) } && figures.allSatisfy { $0.count == 3 })
    let (first, last) = (try #require(figures.first), try #require(figures.last))
    #expect(last[1] < first[1] / 2 && last[2] > 0.8)
  }

  @Test func anEventSinkOfOnesOwn() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let lines = try run("own-event-sink", "data", at: bench)
    let epochs = try bench.text("runs/1/metrics.csv").split(separator: "\n").count - 1
    #expect(lines.last == "low enough: runs/1")
    #expect(
      lines.count == epochs + 1 && lines.dropLast().allSatisfy { $0.contains("█") || $0.hasPrefix(" ") })
    #expect(bench.exists("runs/1/checkpoints/last.safetensors"))
  }

  @Test(arguments: [
    "README.md", "Sources/Millrace/Millrace.docc/Millrace.md",
    "Sources/Millrace/Millrace.docc/GettingStarted.md",
    "Sources/Millrace/Millrace.docc/AddingAnAugmentation.md",
    "Sources/Millrace/Millrace.docc/AddingALayer.md",
  ])
  func whatTextsShowIsWhatRuns(text: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
      .standardizedFileURL
    let folder = root.appendingPathComponent("Sources/Examples")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".swift")
    }
    let sources = try names.map {
      try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }
    let parts = try String(contentsOf: root.appendingPathComponent(text), encoding: .utf8)
      .components(separatedBy: "```swift\n").dropFirst()
    let blocks = parts.compactMap { $0.components(separatedBy: "```").first }
      .filter { !$0.hasPrefix("dependencies:") }
    #expect(!blocks.isEmpty)
    for block in blocks { #expect(sources.contains { $0.contains(block) }, "\(block)") }
  }
}
