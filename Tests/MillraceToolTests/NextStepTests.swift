import Foundation
import MillraceModels
import Testing

/// The printed next step can be typed unchanged, and works.
struct NextStepTests {
  /// The command at the end of a command's output.
  private func next(after outcome: Workbench.Outcome) throws -> String {
    #expect(outcome.status == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last { $0.hasPrefix("next") })
    return String(line.dropFirst(4).drop { $0 == " " })
  }

  /// Types a command into a shell.
  private func type(_ line: String, at bench: Workbench) throws -> Workbench.Outcome {
    let folder = Workbench.command.deletingLastPathComponent().path
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try bench.run(
      ["-c", line], of: URL(fileURLWithPath: "/bin/sh"), environment: ["PATH": "\(folder):\(path)"])
  }

  @Test func `A walk along the next steps leads from a folder to predictions`() throws {
    let bench = try Workbench()
    try bench.dataset("my photos")
    let begin = try next(after: try bench.run("check", "my photos"))
    #expect(begin == "millrace train 'my photos'")
    let small = " --image-size 10 --hidden 16 --epochs 8"
    let training = try type(begin + small, at: bench)
    let step = try next(after: training)
    #expect(step.hasPrefix("millrace predict runs/1 'my photos/"), "\(step)")
    let prediction = try type(step, at: bench)
    #expect(prediction.status == 0 && prediction.output.contains("my photos/"), "\(prediction.errors)")
  }

  @Test func `A folder of images to test on that was seen is what the model is evaluated on`() throws {
    let bench = try Workbench()
    try bench.dataset("data/train")
    try bench.dataset("data/test", perClass: 3)
    let step = try next(after: try bench.train())
    #expect(step == "millrace evaluate runs/1 data/test")
    let evaluation = try type(step, at: bench)
    #expect(evaluation.status == 0 && evaluation.output.contains("images"), "\(evaluation.errors)")
  }

  @Test func `What the curves advise is a training that runs`() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 60)
    // The training has hardly begun.
    let step = try next(
      after: try bench.train("data", "--epochs", "3", "--lr", "0.003", "--val-fraction", "0.6"))
    #expect(step == "millrace train --config runs/1/config.yaml --epochs 6")
    let training = try type(step, at: bench)
    #expect(training.status == 0 && bench.exists("runs/2/model.safetensors"), "\(training.errors)")
  }

  @Test func `A table of labels goes along`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let rows = Workbench.classes.enumerated().flatMap { label, name in
      (0..<12).map {
        "\(name)/\($0).\($0 % 2 == 0 ? "png" : "jpg"),kind \(label),\($0 < 9 ? "train" : "test")"
      }
    }
    try bench.file("it is.csv", "path,label,split\n" + rows.joined(separator: "\n"))
    let begin = try next(after: try bench.run("check", "data", "--labels", "it is.csv"))
    #expect(begin == "millrace train data --labels 'it is.csv'")
    let step = try next(after: try type(begin + " --image-size 10 --hidden 16 --epochs 4", at: bench))
    #expect(step == "millrace evaluate runs/1 data --labels 'it is.csv'")
    let evaluation = try type(step, at: bench)
    #expect(evaluation.status == 0 && evaluation.output.contains("kind 2"), "\(evaluation.errors)")
    #expect(evaluation.errors.contains("measured on split test"))

    // The table is part of the data: nothing is written over it, and a run that goes on elsewhere names it.
    let table = try bench.bytes("it is.csv")
    let over = try bench.run(
      "evaluate", "runs/1", "data", "--labels", "it is.csv", "--predictions", "it is.csv")
    #expect(over.status != 0 && over.errors.contains("it is.csv"))
    #expect(try bench.bytes("it is.csv") == table)
    let configuration = try bench.text("runs/1/config.yaml")
    #expect(configuration.contains("labels: it is.csv") && configuration.contains("/it is.csv\n"))
    #expect(configuration.contains("data: data  ") && configuration.contains("/data\n"))
    // A file that later lies beside the images of a table is not part of the data.
    let here = rows.map { "data/" + $0 }.joined(separator: "\n")
    try bench.file("here.csv", "path,label,split\n" + here)
    let beside = try bench.run(
      ["train", ".", "--labels", "here.csv", "--epochs", "1", "--image-size", "10", "--hidden", "4"])
    #expect(beside.status == 0, "\(beside.errors)")
    try FileManager.default.moveItem(atPath: bench.path + "/it is.csv", toPath: bench.path + "/moved.csv")
    let repeated = try bench.run("train", "--config", "runs/1/config.yaml")
    #expect(repeated.status == 66 && repeated.errors.contains("labels: there is no it is.csv here"))
    let pack = try bench.run("pack", "data", "moved.pack", "--labels", "moved.csv")
    #expect(pack.status == 0 && pack.output.contains("27 images"), "\(pack.output)\(pack.errors)")
  }

  @Test func `A packed file says what it holds and how to train on it`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.run("pack", "data", "it's.pack", "--pixels", "--image-size", "10")
    let info = try bench.run("info", "it's.pack")
    for text in ["/data\n", "image-size 10", "36", "across, down, ring"] {
      #expect(info.output.contains(text), "\(text) in \(info.output)")
    }
    let step = try next(after: info)
    #expect(step == "millrace train 'it'\\''s.pack'")
    #expect(try type(step + " --hidden 16 --epochs 2", at: bench).status == 0)
  }

  @Test func `No training is advised where it would fail`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    for number in 0..<9 { try bench.file("data/ring/bad\(number).png", "no image") }
    let check = try bench.run("check", "data", "--max-bad", "3")
    #expect(check.status == 65 && !check.output.contains("next"))
    #expect(check.errors.contains("--max-bad"))
    // The first few files are named, or all of them.
    let named = { (outcome: Workbench.Outcome) in
      outcome.output.split(separator: "\n").count { $0.contains("bad") }
    }
    #expect(named(check) == 5 && check.output.contains("and 4 more; --all names them"))
    #expect(named(try bench.run("check", "data", "--all")) == 9)
  }

  @Test func `The model of a run that is not finished is said to be that`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    try FileManager.default.removeItem(atPath: bench.path + "/runs/1/model.safetensors")
    for arguments in [
      ["predict", "runs/1", "data/ring/0.png"], ["evaluate", "runs/1", "data"], ["info", "runs/1"],
    ] {
      let outcome = try bench.run(arguments)
      #expect(outcome.status == 0)
      #expect(
        outcome.errors.contains(
          "runs/1: the run is not finished; this is the model in runs/1/checkpoints/best"),
        "\(outcome.errors)")
    }
  }
}
