import Foundation
import Testing

/// The effects of `--config`, `--print-config` and flags together.
struct ConfigurationTests {
  @Test func thePrintedConfigurationSaysWhereEachValueComesFromAndRepeatsTheRun() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.file(
      "run.yaml",
      "data: data\nimage-size: 10\nhidden: [16]\nepochs: 9\nbatch-size: 8\naugment:\n  - flip\n  - rotate:10\n"
    )
    let flags = ["--config", "run.yaml", "--epochs", "3", "--optimizer", "adam"]
    let printed = try bench.run(["train"] + flags + ["--print-config"])
    #expect(printed.status == 0 && printed.errors.isEmpty, "\(printed.errors)")
    #expect(bench.contents.filter { $0.hasPrefix("runs") }.isEmpty)
    let lines = printed.output.split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    for line in [
      "image-size: 10 # run.yaml:2", "hidden: 16 # run.yaml:3", "epochs: 3 # flag",
      "augment: flip:0.5, rotate:10 # run.yaml:6", "lr: auto # default, 0.001: usual for adam",
      "seed: 1 # default",
      "# momentum: auto # default, no effect unless optimizer is momentum or nesterov",
    ] { #expect(lines.contains(line), "\(line)") }

    // The output is a configuration file: it prints the same values, and trains the same model.
    try bench.file("printed.yaml", printed.output)
    let again = try bench.run("train", "--config", "printed.yaml", "--print-config", "--json").json()
    let settings = try #require(again["settings"] as? [[String: Any]])
    for line in lines where !line.hasPrefix("#") {
      let words = line.split(separator: ":", maxSplits: 1)
      let setting = settings.first { $0["key"] as? String == String(words[0]) }
      #expect((setting?["origin"] as? String)?.hasPrefix("printed.yaml:") == true)
      #expect(words[1].hasPrefix(" \(setting?["value"] as? String ?? "none") #"), "\(line)")
    }
    try bench.run(["train", "--quiet"] + flags)
    try bench.run("train", "--quiet", "--config", "printed.yaml", "--workers", "3")
    try bench.run("train", "--quiet", "--config", "runs/1/config.yaml", "--loaders", "1")
    let model = try bench.bytes("runs/1/model.safetensors")
    for run in [2, 3] { #expect(try bench.bytes("runs/\(run)/model.safetensors") == model) }
  }

  @Test func whatWasLeftToTheProgramStaysSoInTheFileOfARun() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let small = ["data", "--epochs", "2", "--image-size", "8", "--hidden", "16", "--quiet"]
    try bench.run(["train"] + small)
    let file = try bench.text("runs/1/config.yaml")
    #expect(file.contains("\nepochs: 2\n"))
    #expect(file.contains(#/\nlr: auto +# 0\.05: usual for momentum, 192 inputs and batch-norm\n/#))
    // A person who changes the optimiser gets its learning rate.
    try bench.run("train", "--config", "runs/1/config.yaml", "--optimizer", "adam", "--quiet")
    try bench.run(["train"] + small + ["--optimizer", "adam", "--lr", "0.001"])
    #expect(try bench.bytes("runs/2/model.safetensors") == bench.bytes("runs/3/model.safetensors"))
    #expect(try bench.text("runs/3/config.yaml").contains("\nlr: 0.001\n"))
    // A person who gives the values that the program would have chosen gets the same bits.
    try bench.run(
      "train", "--config", "runs/1/config.yaml", "--lr", "0.05", "--batch-size", "auto", "--quiet")
    #expect(try bench.bytes("runs/4/model.safetensors") == bench.bytes("runs/1/model.safetensors"))
  }

  @Test func aSettingThatAFlagMakesIdleDoesNotEndTheRepetition() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train("data", "--momentum", "0.5", "--quiet")
    try bench.run("train", "--config", "runs/1/config.yaml", "--optimizer", "sgd", "--quiet")
    let outcome = try bench.run("train", "--config", "runs/2/config.yaml", "--quiet")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try bench.bytes("runs/3/model.safetensors") == bench.bytes("runs/2/model.safetensors"))
    #expect(try !bench.text("runs/2/config.yaml").contains("momentum"))
  }

  @Test func flagsThatDoNothingInABenchmarkAreNoted() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let outcome = try bench.run(
      "preview", "data", "--count", "1", "--variants", "1", "--hidden", "8", "--lr", "0.1", "--seed", "2")
    #expect(outcome.status == 0)
    #expect(
      outcome.errors == "millrace: note: a preview computes nothing: --hidden and --lr make no difference\n")
  }

  @Test func imagesBesideTheClassFoldersAreNoted() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.file("data/notes.txt", "of no concern")
    #expect(try !bench.train().errors.contains("note: "))
    for name in ["10.png", "9.JPG"] { try bench.file("data/\(name)", "not opened") }
    let note = "data: 2 images lie beside the class folders (such as 9.JPG)"
    #expect(try bench.train().errors.contains(note))
    #expect(try bench.run("check", "data").output.contains(note))
  }
}
