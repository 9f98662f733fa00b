import Foundation
import Testing

/// From a folder of images to better settings and a model, as a person proceeds.
struct TuneTests {
  private static let small = [
    "--image-size", "10", "--hidden", "12", "--epochs", "4", "--batch-size", "8", "--lr", "0.05",
  ]

  @Test func fromImagesToBetterSettingsAndAModel() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 16)
    let before = bench.contents
    let outcome = try bench.run(["tune", "data", "--steps", "100"] + Self.small)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errorLines[0].hasPrefix("plan    ") && outcome.errorLines[0].contains(" candidates in "))
    for text in ["automatic", "verdict", "tunings/1/best.yaml", "millrace predict tunings/1/final data/"] {
      #expect(outcome.output.contains(text), "\(text): \(outcome.output)")
    }
    for name in [
      "config.yaml", "tune.json", "tune.csv", "report.html", "best.yaml", "final/model.safetensors",
    ] {
      #expect(bench.exists("tunings/1/\(name)"), "\(name)")
    }
    #expect(!bench.exists("tunings/1/candidates"))
    // The flags that were given are fixed.
    let table = try bench.text("tunings/1/tune.csv")
    for axis in ["width", "depth", " lr "] { #expect(!table.contains(axis), "\(table)") }
    #expect(bench.contents.filter { !$0.hasPrefix("tunings") } == before)
    #expect(try bench.run("evaluate", "tunings/1/final", "data").status == 0)

    let repeated = try bench.run(
      "tune", "--config", "tunings/1/config.yaml", "--steps", "100", "--workers", "3", "--json", "--quiet")
    #expect(repeated.status == 0 && repeated.errors.isEmpty, "\(repeated.errors)")
    #expect(
      try bench.bytes("tunings/2/final/model.safetensors") == bench.bytes("tunings/1/final/model.safetensors")
    )
    let json = try repeated.json()
    #expect(json["tuningFolder"] as? String == "tunings/2" && json["steps"] as? Int == 100)
    let automatic = try #require(json["automatic"] as? [String: Any])
    #expect((automatic["validation"] as? [String: Any])?["count"] as? Int == 15)
    #expect((json["final"] as? [String: Any])?["model"] as? String == "tunings/2/final/model.safetensors")

    let finished = try bench.run("tune", "--resume", "tunings/1", "--json")
    #expect(finished.status == 0 && finished.errors.contains("note: tunings/1: the search is finished"))
    #expect(try finished.json()["tuningFolder"] as? String == "tunings/1")
  }

  @Test(arguments: [("rung 1", 1), ("epoch", 2)]) func anInterruptedSearchGoesOnToTheSameModel(
    sign: String, number: Int
  ) throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 16)
    let arguments =
      ["tune", "data", "--steps", "400", "--epochs", "40"]
      + Self.small.filter { $0 != "--epochs" && $0 != "4" }
    try bench.run(arguments + ["--name", "whole"])
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = arguments + ["--name", "the search"]
    process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var text = ""
    var hasSignalled = false
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
      // The signal comes in the search, or in the winner's training.
      if !hasSignalled, text.split(separator: "\n").contains(where: { $0.hasPrefix(sign) }) {
        hasSignalled = true
        kill(process.processIdentifier, SIGINT)
      }
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 130, "\(text)")
    #expect(
      text.split(separator: "\n").last
        == "millrace: error: interrupted; everything is saved, go on with: millrace tune --resume 'tunings/the search'"
    )
    let resumed = try bench.run("tune", "--resume", "tunings/the search", "--workers", "2", "--quiet")
    #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed.errors)")
    let model = "final/model.safetensors"
    #expect(try bench.bytes("tunings/the search/\(model)") == bench.bytes("tunings/whole/\(model)"))
    // All lines except the number of threads, which the resume has changed.
    func best(_ name: String) throws -> [Substring] {
      try bench.text("tunings/\(name)/best.yaml").split(separator: "\n").filter { !$0.hasPrefix("workers") }
    }
    #expect(try best("the search") == best("whole"))
  }

  @Test func aSearchAloneTrainsNoWinner() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 16)
    let outcome = try bench.run(
      ["tune", "data", "--steps", "60", "--only-search", "--include", "mirror"] + Self.small)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("millrace train --config tunings/1/best.yaml"))
    #expect(!bench.exists("tunings/1/final"))
    // There are two candidates in one rung, and a comparison on other images.
    #expect(
      try bench.text("tunings/1/tune.csv").split(separator: "\n").filter { $0.hasPrefix("1,0,") }.count == 2)
  }

  @Test func theRateIsTested() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let outcome = try bench.run(
      "tune", "data", "--lr-range", "--steps", "60", "--image-size", "10", "--hidden", "12", "--batch-size",
      "8", "--json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let json = try outcome.json()
    #expect(json["table"] as? String == "tunings/1/lr-range.csv" && json["steps"] as? Int ?? 0 > 10)
    #expect(bench.exists("tunings/1/report.html") && bench.exists("tunings/1/lr-range.csv"))
  }

  @Test(arguments: [
    (["tune", "data"], "--time or --steps is missing"),
    (["tune", "data", "--time", "soon"], "a time such as"),
    (["tune", "data", "--time", "0"], "--time: must be a time such as 30s, 20m or 1h, got '0'"),
    (["tune", "data", "--time", "0.5s"], "--time: 0.5 seconds are too few: a search needs at least"),
    (["tune", "data", "--steps", "900", "--ensemble", "3"], "--ensemble: trains several networks"),
    (["tune", "data", "--steps", "900", "--folds", "3"], "--folds: trains several networks"),
    (["tune", "data", "--steps", "0"], "--steps: must be from 1"),
    (
      ["tune", "data", "--steps", "900", "--include", "lr,mirror", "--fix", "lr"],
      "--fix: 'lr' is also in include"
    ),
    (["tune", "data", "--steps", "900", "--fix", "hiden"], "did you mean 'hidden'?"),
    (["tune", "data", "--steps", "900", "--include", ","], "--include: names nothing"),
    (["tune", "data", "--time", "5m", "--steps", "9"], "exclude each other"),
    (["tune", "data", "--steps", "3"], "--steps: 3 are too few"),
    (["tune", "data", "--steps", "900", "--include", "miror"], "did you mean 'mirror'?"),
    (["tune", "data", "--steps", "900", "--val-fraction", "0"], "candidates are judged by images"),
    (["tune", "data", "--lr-range", "--fix", "lr"], "cannot be combined with --lr-range"),
    (["tune", "--resume", "tunings/1", "--time", "5m"], "cannot be combined with --resume"),
    (["tune", "data", "--steps", "900", "--momentum", "0.9", "--optimizer", "adam"], "no effect"),
  ]) func mistakesAreRefusedWithACure(arguments: [String], message: String) throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 4)
    let outcome = try bench.run(arguments)
    #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && !bench.exists("tunings"))
  }

  @Test func whatIsNotThereIsNoInput() throws {
    let bench = try Workbench()
    let outcome = try bench.run("tune", "--resume", "tunings/7")
    #expect(outcome.status == 66 && outcome.errors.contains("no search to resume"), "\(outcome.errors)")
    try bench.dataset("data")
    let inside = try bench.run(["tune", "data", "--steps", "100", "--output", "data/tunings"] + Self.small)
    #expect(inside.status == 73 && inside.errors.contains("never written to"), "\(inside.errors)")
  }
}
