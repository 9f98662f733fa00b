import Foundation
import MillraceImages
import MillraceModels
import Testing

/// The output: JSON with the documented keys, and plain text where there is no terminal.
struct OutputTests {
  private func workbench() throws -> Workbench {
    let bench = try Workbench()
    try bench.dataset("data")
    return bench
  }

  @Test func everyCommandWritesOneJSONObject() throws {
    let bench = try workbench()
    let training = try bench.train("data", "--json").json()
    #expect(
      Set(training.keys) == [
        "bestEpoch", "decodedWithWarnings", "epochs", "imagesPerSecond", "model", "report", "runFolder",
        "seconds", "skipped", "training", "validation",
      ])
    #expect(training["runFolder"] as? String == "runs/1")

    let evaluation = try bench.run("evaluate", "runs/1", "data", "--json").json()
    #expect(
      Set(evaluation.keys) == [
        "accuracy", "averages", "classes", "confusion", "count", "coverage", "data",
        "expectedCalibrationError", "intervals", "loss", "skipped", "topK", "unmeasured",
      ])
    #expect(evaluation["count"] as? Int == 36)
    // The entries are class, the class it was taken for, and how often; zeros are left out.
    let cells = try #require(evaluation["confusion"] as? [[Int]])
    #expect(cells.allSatisfy { $0.count == 3 && $0[2] > 0 } && cells.reduce(0) { $0 + $1[2] } == 36)
    #expect((0...1).contains(evaluation["accuracy"] as? Double ?? -1))

    let prediction = try bench.run("predict", "runs/1", "data/ring", "--top-k", "2", "--json").json()
    #expect(Set(prediction.keys) == ["count", "predictions", "skipped"])
    let items = try #require(prediction["predictions"] as? [[String: Any]])
    #expect(items.count == 12 && items.allSatisfy { ($0["topK"] as? [Any])?.count == 2 })

    let info = try bench.run("info", "runs/1", "--json").json()
    #expect(
      Set(info.keys).isSuperset(of: [
        "classes", "network", "parameterCount", "path", "preprocessing", "recipe", "tensors",
      ]))
    #expect(info["parameterCount"] as? Int == 300 * 16 + 16 + 16 * 3 + 3)
  }

  @Test func theListOfAugmentationsIsAnObjectToo() throws {
    let list = try Workbench().run("preview", "--list", "--json").json()
    let augmentations = try #require(list["augmentations"] as? [[String: Any]])
    #expect(augmentations.map { $0["name"] as? String } == AugmentationRegistry.names)
  }

  @Test func benchmarksWriteTheirRatesAndStages() throws {
    let bench = try workbench()
    let measurement = [
      "--image-size", "10", "--hidden", "16", "--batch-size", "8", "--seconds", "0.01", "--json",
    ]
    let loader = try bench.run(["bench", "loader", "data", "--loaders", "2"] + measurement).json()
    #expect(loader["imagesPerSecond"] as? Double ?? 0 > 0)
    let stages = try #require(loader["stages"] as? [String: [String: Double]])
    #expect(Set(stages.keys) == ["color", "decode", "draw", "geometry", "local", "read"])
    #expect(abs(stages.values.reduce(0) { $0 + ($1["share"] ?? 0) } - 1) < 1e-6)
    #expect((loader["scaling"] as? [Any])?.count == 2)

    let compute = try bench.run(["bench", "compute", "--classes", "3", "--workers", "2"] + measurement).json()
    #expect(compute["widths"] as? [Int] == [300, 16, 3])
    #expect(compute["flopsPerImage"] as? Double == Double(300 * 16 * 4 + 16 * 3 * 6))
    #expect((compute["scaling"] as? [[String: Any]])?.last?["sgemmGigaflops"] as? Double ?? 0 > 0)

    let train = try bench.run(["bench", "train", "data"] + measurement).json()
    #expect(train["imagesPerSecond"] as? Double ?? 0 > 0)
    #expect((train["verdict"] as? String)?.isEmpty == false)
    #expect(bench.contents.filter { !$0.hasPrefix("data") }.isEmpty)
  }

  @Test func nothingThatIsNoTerminalGetsControlCharacters() throws {
    let bench = try workbench()
    let outcomes = [
      try bench.train(), try bench.run("evaluate", "runs/1", "data"),
      try bench.run("predict", "runs/1", "data"),
      try bench.run("info", "runs/1"), try bench.run("preview", "--list"), try bench.run("--help"),
      try bench.run("preview", "data", "--count", "1"),
    ]
    for outcome in outcomes {
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(!outcome.output.isEmpty)
      for scalar in (outcome.output + outcome.errors).unicodeScalars where scalar != "\n" {
        #expect(scalar.value >= 0x20 && scalar.value != 0x7F)
      }
    }
    // There is a line for each epoch.
    #expect(outcomes[0].errorLines.count { $0.hasPrefix("epoch ") } == 8)
  }

  @Test func quietSaysNothingOnTheWay() throws {
    let outcome = try workbench().train("data", "--quiet")
    #expect(outcome.status == 0 && outcome.errors.isEmpty && !outcome.output.isEmpty)
  }

  @Test func aCheckTellsTheSameInTextAndJSON() throws {
    let bench = try workbench()
    try bench.file("data/ring/bad.png", "no image")
    try bench.file("data/ring/copy.png", try bench.bytes("data/down/0.png"))
    let text = try bench.run("check", "data")
    #expect(text.status == 0 && text.errors.isEmpty)
    for words in [
      "ring ", "1 file cannot be used and is left out; restore or remove it\n  data/ring/bad.png: not a JPEG",
      "data/down/0.png = data/ring/copy.png",
      "different labels", "next  millrace train data",
    ] { #expect(text.output.contains(words), "\(text.output)") }
    let object = try bench.run("check", "data", "--json").json()
    for key in [
      "data", "training", "validation", "unusable", "classes", "findings", "duplicates", "problems",
      "notices",
    ] { #expect(object[key] != nil, "\(key)") }
    #expect(object["unusable"] as? Int == 1)
    let strict = try bench.run("check", "data", "--max-bad", "0", "--json")
    #expect(strict.status == 65 && strict.errorLines.count == 1 && strict.errors.contains("--max-bad"))
    #expect((try strict.json()["problems"] as? [String])?.count == 1)
  }

  @Test func aReaderThatHasSeenEnoughEndsTheCommandInSilence() throws {
    let bench = try workbench()
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = ["preview", "--list"]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    // Nobody reads the pipe: the first write finds it closed.
    try output.fileHandleForReading.close()
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 141)
    #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
    _ = bench
  }

  @Test func aFullDiskIsAnError() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = ["preview", "--list"]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.hasPrefix("millrace: error: standard output cannot be written"))
  }

  @Test func predictionsComeAsCSVInTheOrderOfThePaths() throws {
    let bench = try workbench()
    try bench.train()
    let outcome = try bench.run("predict", "runs/1", "data/ring/10.png", "data/down", "--csv", "--top-k", "2")
    let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows[0] == ["path", "class", "probability", "class_2", "probability_2"])
    #expect(rows.count == 14 && rows[1][0] == "data/ring/10.png" && rows[2][0] == "data/down/0.png")
    for row in rows.dropFirst() {
      let (first, second) = (Double(row[2]) ?? -1, Double(row[4]) ?? -1)
      #expect(first >= second && second >= 0 && first <= 1)
    }
  }
}
