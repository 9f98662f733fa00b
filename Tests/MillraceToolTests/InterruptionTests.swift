import Foundation
import Testing

struct InterruptionTests {
  private static let options = [
    "--image-size", "10", "--hidden", "16", "--epochs", "60", "--batch-size", "8", "--verbose",
  ]

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func aRunThatIsAskedToStopSaysHowToGoOnToTheSameModel(number: Int32, status: Int32) throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.run(["train", "data", "--name", "whole"] + Self.options)
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = ["train", "data", "--name", "the run"] + Self.options
    process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var text = ""
    var hasSignalled = false
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
      if !hasSignalled, text.contains("saved ") {
        hasSignalled = true
        kill(process.processIdentifier, number)
      }
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == status)
    let last = text.split(separator: "\n").last ?? ""
    #expect(
      last
        == "millrace: error: interrupted; everything is saved, go on with: millrace train --resume 'runs/the run'"
    )
    #expect(try bench.run("info", "runs/the run/checkpoints/last.safetensors").status == 0)

    let resumed = try bench.run("train", "--resume", "runs/the run", "--workers", "3", "--quiet")
    #expect(resumed.status == 0 && resumed.errors.isEmpty, "\(resumed.errors)")
    #expect(
      try bench.bytes("runs/the run/model.safetensors") == bench.bytes("runs/whole/model.safetensors"))
    let metrics = try ["whole", "the run"].map {
      try bench.text("runs/\($0)/metrics.csv").split(separator: "\n")
    }
    #expect(metrics[0].map { $0.prefix { $0 != "," } } == metrics[1].map { $0.prefix { $0 != "," } })
  }

  @Test func aFolderThatCannotBeWrittenIsRefusedBeforeAnImageIsDecoded() throws {
    // Root may write anywhere, but a file in the folder's place stops everybody.
    let bench = try Workbench()
    try bench.file("data/a/1.png", "no image")
    try bench.file("data/b/1.png", "no image")
    try bench.file("runs", "a file")
    let outcome = try bench.run("train", "data")
    #expect(outcome.status == 73 && outcome.errors.contains("runs: cannot be created"), "\(outcome.errors)")
  }

  @Test func aFolderThatVanishesEndsTheRunWithAClearError() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = ["train", "data"] + Self.options + ["--epochs", "100000"]
    process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var text = ""
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
      if text.contains("saved ") { try? FileManager.default.removeItem(atPath: bench.path + "/runs") }
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 74)
    let last = text.split(separator: "\n").last ?? ""
    #expect(
      last.hasPrefix("millrace: error: runs/1/") && last.contains("No such file or directory"), "\(last)")
  }
}
