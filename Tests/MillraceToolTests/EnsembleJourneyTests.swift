import Foundation
import Testing

/// Several networks in one model, as a person trains and uses them.
struct EnsembleJourneyTests {
  @Test func anEnsembleIsTrainedAndUsedAsAModel() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 4)
    let training = try bench.train("data", "--val-fraction", "0.25", "--ensemble", "2")
    #expect(training.status == 0, "\(training.errors)")
    for text in ["2 networks in", "each network", "together", "runs/1/model.safetensors"] {
      #expect(training.output.contains(text), "\(text)")
    }
    let plain = try bench.train("data", "--val-fraction", "0.25", "--name", "plain")
    #expect(plain.status == 0)
    for name in [
      "report.html", "metrics.csv", "bad-files.csv", "members/1/report.html", "members/2/metrics.csv",
    ] {
      #expect(bench.exists("runs/1/\(name)"), "\(name)")
    }
    let rows = try bench.text("runs/1/metrics.csv").split(separator: "\n")
    #expect(rows.count == 17 && rows[0].hasPrefix("member,epoch,") && rows[16].hasPrefix("2,8,"))

    let evaluation = try bench.run("evaluate", "runs/1", "test", "--tta", "2")
    #expect(evaluation.status == 0 && evaluation.output.contains("accuracy"), "\(evaluation.errors)")
    #expect(try bench.run("predict", "runs/1", "test/ring").status == 0)
    let info = try bench.run("info", "runs/1")
    #expect(info.output.contains("2 networks of"))
    for format in ["onnx", "npz", "safetensors"] {
      let export = try bench.run("export", "runs/1", "--format", format, "--output", "out.\(format)")
      #expect(export.status == 0, "\(export.errors)")
    }
    #expect(try bench.bytes("out.safetensors") == bench.bytes("runs/1/model.safetensors"))
    let report = try bench.run("report", "runs/1", "--output", "again.html")
    #expect(report.status == 0, "\(report.errors)")
    #expect(try bench.text("again.html").contains("Networks"))
    let comparison = try bench.run("report", "runs/1", "runs/plain", "--output", "both.html")
    #expect(comparison.status == 0, "\(comparison.errors)")
    let resumed = try bench.run("train", "--resume", "runs/1")
    #expect(resumed.errors.contains("finished"))
    let other = try bench.run("train", "--resume", "runs/1", "--ensemble", "3")
    #expect(
      other.status == 64 && other.errors.contains("ensemble was 2, now 3; leave it out"), "\(other.errors)")
  }

  @Test func aCrossValidationRanksEveryImage() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let training = try bench.train("data", "--folds", "3", "--json")
    #expect(training.status == 0, "\(training.errors)")
    for text in ["\"memberAccuracy\"", "\"deviation\"", "\"together\"", "\"interval\"", "out-of-fold.csv"] {
      #expect(training.output.contains(text), "\(text)")
    }
    let images = try FileManager.default.subpathsOfDirectory(atPath: bench.path + "/data").count {
      $0.contains(".")
    }
    let rows = try bench.text("runs/1/out-of-fold.csv").split(separator: "\n")
    #expect(rows.count == images + 1)
    #expect(
      rows[0] == "rank,path,class,predicted,likelier,suspicion,suspect,fold,p:across,p:down,p:ring")
    #expect(
      rows[1].hasPrefix("1,") && Set(rows.dropFirst().map { $0.split(separator: ",")[1] }).count == images)
    let page = try bench.text("runs/1/report.html")
    // The list is a table of labels, whose paths begin where the run was started.
    for arguments in [["runs/1/out-of-fold.csv"], ["data", "--labels", "runs/1/out-of-fold.csv"]] {
      let again = try bench.run(["train"] + arguments + ["--epochs", "1", "--json"])
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("paths are taken to begin at the working folder"), "\(again.errors)")
    }
    #expect(page.contains("Suspect labels") && page.contains("Cross-validation"))
  }

  @Test func flagsThatCannotBeCombinedAreRefused() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let cases = [
      ("--folds 3 --ensemble 2", "--ensemble: cannot be combined with folds"),
      ("--folds 3 --val-fraction 0.2", "--val-fraction: has no effect beside folds"),
      ("--folds 3 --val data", "--val: cannot be combined with folds"),
      ("--folds 3 --refit", "--refit: cannot be combined with folds"),
      ("--ensemble 0", "--ensemble: must be at least 2, got 0; leave it out"),
      ("--ensemble 1", "--ensemble: must be at least 2, got 1; leave it out"),
      ("--folds 1", "--folds: must be at least 2, got 1; leave it out"),
      ("--folds 99", "--folds: 99 are more than the "),
      ("--member 1", "--member: is one of the networks of ensemble or folds; give one of both, too"),
      ("--folds 3 --member 4", "--member: must be from 1 to 3"),
    ]
    for (flags, message) in cases {
      let outcome = try bench.run(["train", "data"] + flags.split(separator: " ").map(String.init))
      #expect(outcome.status == 64 && !bench.exists("runs"), "\(flags)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }
}
