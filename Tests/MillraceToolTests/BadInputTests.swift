import Foundation
import MillraceImages
import Testing

/// A person's mistakes: each gives one line on standard error and the right exit code, and nothing is written.
struct BadInputTests {
  /// Carries out the command and checks all of that.
  private func expectFailure(
    _ arguments: [String], status: Int32, mentioning words: String..., at bench: Workbench,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = bench.contents
    let outcome = try bench.run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(
      outcome.errors.hasPrefix("millrace: error: "), "\(outcome.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    #expect(bench.contents == before, sourceLocation: sourceLocation)
  }

  @Test(arguments: [["train"], ["check"], ["bench", "loader"], ["bench", "train"], ["preview"]])
  func aFolderThatIsNotThere(command: [String]) throws {
    try expectFailure(command + ["nowhere"], status: 66, mentioning: "nowhere", at: Workbench())
  }

  @Test func groupsThatThereAreNot() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 3)
    for (rule, words) in [
      ("(", "is not a regular expression"), ("person[0-9]+", "matches nothing in any path, such as "),
      ("data", "names no groups; give a table with a column group"),
    ] {
      try expectFailure(
        ["train", "data", "--group-by", rule], status: 64, mentioning: "--group-by: ", words, at: bench)
    }
    try expectFailure(
      ["train", "data", "--folds", "2", "--group-by", "^[a-z]+"], status: 64,
      mentioning: "are of one group, so one of the folds would train without it", at: bench)
  }

  @Test func anEmptyFolder() throws {
    let bench = try Workbench()
    try bench.folder("data")
    try expectFailure(["train", "data"], status: 65, mentioning: "data", "empty", at: bench)
  }

  @Test func oneClassOnly() throws {
    let bench = try Workbench()
    try bench.file("data/cat/1.png", ImageEncoder.png(Workbench.picture(class: 0, number: 0)))
    try expectFailure(["train", "data"], status: 65, mentioning: "only one class", "cat", at: bench)
  }

  @Test func aFileWhereAFolderIsExpected() throws {
    let bench = try Workbench()
    try bench.file("data", "text")
    try expectFailure(["train", "data"], status: 66, mentioning: "data", "folder", at: bench)
  }

  @Test func aClassFolderWithoutImages() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.folder("data/empty")
    try expectFailure(["train", "data"], status: 65, mentioning: "empty", at: bench)
  }

  @Test func nothingButBrokenImages() throws {
    let bench = try Workbench()
    for name in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] { try bench.file("data/\(name)", "no image") }
    try expectFailure(["train", "data"], status: 65, mentioning: "readable", at: bench)
    try expectFailure(["preview", "data"], status: 65, mentioning: "readable", at: bench)
    try expectFailure(["bench", "loader", "data"], status: 65, mentioning: "readable", at: bench)
  }

  @Test func badFilesThatMayNotBeSkipped() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    for name in ["a", "b", "c"] { try bench.file("data/ring/\(name).png", "no image") }
    try expectFailure(
      ["train", "data", "--on-bad-file", "fail"], status: 65, mentioning: "data/ring/a.png",
      "not a \(ImageFormat.listInWords)",
      at: bench)
    let outcome = try bench.train("data", "--max-bad", "2", "--quiet", "--name", "strict")
    #expect(outcome.status == 65 && outcome.errorLines.count == 1)
    for words in ["3 of 39", "runs/strict/bad-files.csv", "--max-bad"] {
      #expect(outcome.errors.contains(words))
    }
    #expect(try bench.text("runs/strict/bad-files.csv").split(separator: "\n").count == 4)
    #expect(try bench.train("data", "--max-bad", "10%").output.contains("skipped     3 files, listed in"))
  }

  @Test func `A folder that cannot be trained on is checked all the same`() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.folder("data/empty")
    let outcome = try bench.run("check", "data")
    #expect(outcome.status == 65 && outcome.errors.contains("no usable training image in 'empty'"))
    #expect(outcome.output.contains("across  ") && outcome.output.contains("empty   "))
  }

  @Test(arguments: [
    (["train", "data", "--epoch", "3"], "did you mean '--epochs'"),
    (["trian", "data"], "did you mean 'train'"),
    (["train"], "DATA"),
    (["train", "data", "--hidden", "0"], "--hidden"),
    (["train", "data", "--lr", "-1"], "--lr"),
    (["train", "data", "--lr", "fast"], "--lr"),
    (["train", "data", "--batch-size", "0"], "--batch-size"),
    (["train", "data", "--image-size", "32x"], "--image-size"),
    (["train", "data", "--channels", "cmyk"], "--channels"),
    (["train", "data", "--augment", "rotat:3"], "rotate"),
    (["train", "data", "--augment", "rotate:999"], "rotate"),
    (["train", "data", "--schedule", "sometimes"], "schedule"),
    (["train", "data", "--workers", "0"], "--workers"),
    (["train", "data", "--max-bad", "few"], "--max-bad"),
    (["train", "data", "--on-bad-file", "ignore"], "--on-bad-file"),
    (["check", "data", "--epochs", "3"], "--epochs"),
    (["train", "data", "--quiet", "--verbose"], "--quiet"),
    (["train", "data", "--val", "data", "--val-fraction", "0.2"], "--val-fraction"),
    (["train", "data", "--name", "a/b"], "a/b"),
    (["train", "data", "--checkpoint-interval", "often"], "--checkpoint-interval"),
    (["train", "--resume", "runs/1", "--config", "x"], "--config"),
    (["preview", "data", "--format", "gif"], "--format"),
    (["preview", "data", "--count", "0"], "--count"),
    (["preview", "data", "--only", "rotate", "--augment", "flip"], "--augment has no effect beside --only"),
    (["bench", "laoder", "data"], "did you mean 'bench loader'"),
    (["help", "nix"], "there is no command 'nix'"),
    (["train", "data", "--optimizer", "adam", "--momentum", "0.9"], "--momentum: has no effect unless"),
    (["train", "data", "--val-fraction", "0", "--patience", "3"], "--patience"),
    (["train", "--print-config", "--resume", "runs/1"], "runs/1/config.yaml"),
    (["evaluate", "model", "data", "--tta-seed", "2"], "--tta-seed has no effect without --tta"),
    (
      ["evaluate", "model", "data", "--mistake-count", "9"],
      "--mistake-count has no effect without --mistakes"
    ),
    (["train", "data", "--val-fraction", "0", "--min-delta", "0.1"], "--min-delta"),
    (["train", "data", "--val-fraction", "0", "--monitor", "loss"], "--monitor"),
    (
      ["train", "data", "--schedule", "one-cycle", "--warmup-epochs", "1"],
      "--warmup-epochs: cannot be combined"
    ),
    (["bench", "compute", "data", "--classes", "3"], "--classes leaves DATA without effect"),
    (["preview", "--list", "--count", "3"], "--count has no effect beside --list"),
    (["bench", "compute", "--classes", "1"], "--classes"),
    (["bench", "compute", "--ranks", "2"], "--ranks has no effect without --print-program"),
    (["bench", "compute", "--print-program", "--ranks", "2", "--rank", "2"], "--rank"),
    (["bench", "loader", "data", "--seconds", "0"], "--seconds"),
    (["predict", "model"], "path"),
    (["export", "model"], "--format onnx"),
    (["train", "data", "--time", "10m", "--epochs", "3"], "--time decides how many epochs there are"),
    (["train", "data", "--time", "soon"], "--time: must be a time such as 30s, 20m or 1h, got 'soon'"),
    (["train", "--resume", "runs/1", "--time", "1m"], "cannot be combined with --resume"),
    (["evaluate", "model", "data", "--predictions", "p.txt"], "See 'millrace evaluate --help'"),
    (["export", "model", "--format", "onx"], "onnx"),
    (["predict", "model", "x", "--csv", "--json"], "--csv"),
    (["evaluate", "model", "data", "extra"], "extra"),
  ])
  func wrongUsage(arguments: [String], mention: String) throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try expectFailure(arguments, status: 64, mentioning: mention, at: bench)
  }

  @Test func aConfigurationFileWithAnUnknownKey() throws {
    let bench = try Workbench()
    try bench.file("run.yaml", "data: data\nepoch: 3\n")
    try expectFailure(
      ["train", "--config", "run.yaml"], status: 64, mentioning: "run.yaml:2", "epochs", at: bench)
    try expectFailure(["train", "--config", "other.yaml"], status: 66, mentioning: "other.yaml", at: bench)
  }

  @Test(arguments: [["train", "data", "--output", "taken"], ["preview", "data", "--output", "taken/x"]])
  func anOutputFolderThatCannotBeMade(arguments: [String]) throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.file("taken", "a file")
    try expectFailure(arguments, status: 73, mentioning: "taken", at: bench)
  }

  @Test func anOutputInsideTheDataSet() throws {
    let bench = try Workbench()
    try bench.dataset(".", perClass: 2)
    for arguments in [["train", "."], ["preview", "."], ["train", ".", "--output", "ring"]] {
      try expectFailure(arguments, status: 73, mentioning: "lies in .", "choose a place outside", at: bench)
    }
    let other = try Workbench()
    try other.dataset("data")
    try other.train()
    for option in ["--predictions", "--mistakes"] {
      try expectFailure(
        ["evaluate", "runs/1", "data", option, "data/ring/all.csv"], status: 73,
        mentioning: "data/ring/all.csv", at: other)
    }
  }

  @Test func noCommandWritesIntoTheDataSetByALink() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    try bench.folder("store")
    // The class folder is elsewhere, and a link leads there.
    let manager = FileManager.default
    try manager.moveItem(atPath: bench.path + "/data/ring", toPath: bench.path + "/store/ring")
    try manager.createSymbolicLink(atPath: bench.path + "/data/ring", withDestinationPath: "../store/ring")
    try manager.createSymbolicLink(atPath: bench.path + "/out", withDestinationPath: "store/ring")
    try manager.createSymbolicLink(atPath: bench.path + "/way", withDestinationPath: "data/down")
    for arguments in [
      ["train", "data", "--output", "out"], ["preview", "data", "--output", "out/p"],
      ["pack", "data", "out/x.pack"], ["evaluate", "runs/1", "data", "--mistakes", "out/page.html"],
      ["evaluate", "runs/1", "data", "--predictions", "store/ring/all.csv"],
      ["export", "runs/1", "--format", "npz", "--output", "way/x.npz"],
      ["report", "runs/1", "--output", "way/x.html"],
    ] { try expectFailure(arguments, status: 73, mentioning: "lies in data", at: bench) }
  }

  @Test func foldersThatMayBePartsOrClasses() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    for name in Workbench.classes {
      try bench.file("data/test/\(name)/1.png", ImageEncoder.png(Workbench.picture(class: 0, number: 0)))
    }
    for command in ["train", "check"] {
      try expectFailure(
        [command, "data"], status: 65, mentioning: "'test' is named like a part of a data set",
        "--val to data/test",
        "--layout to classes", at: bench)
    }
    let outcome = try bench.train("data", "--layout", "classes", "--quiet", "--epochs", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try bench.text("runs/1/classes.txt") == "across\ndown\nring\ntest\n")
    #expect(try bench.text("runs/1/config.yaml").contains("layout: classes\n"))
  }

  @Test func resultsThatCannotBeWrittenAreToldBeforeTheEvaluation() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.train()
    // An evaluation of these images would end with another error.
    for name in Workbench.classes { try bench.file("broken/\(name)/1.png", "no image") }
    for option in ["--predictions", "--mistakes"] {
      try expectFailure(
        ["evaluate", "runs/1", "broken", option, "nowhere/all.csv"], status: 73,
        mentioning: "nowhere/all.csv", at: bench)
      try expectFailure(
        ["evaluate", "runs/1", "broken", option, "all.csv"], status: 65, mentioning: "readable", at: bench)
    }
  }

  @Test func weightsThatLeaveTheRangeOfFloats() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try expectFailure(
      [
        "train", "data", "--image-size", "10", "--lr", "1e39", "--batch-norm", "none", "--warmup-epochs", "0",
        "--quiet",
      ],
      status: 3,
      mentioning: "0.dense.weight", at: bench)
  }

  @Test func aRunsNameThatIsTaken() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.file("runs/mine/notes.txt", "of an earlier run")
    try expectFailure(["train", "data", "--name", "mine"], status: 73, mentioning: "mine", at: bench)
  }

  @Test func aRunThatCannotBeResumed() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try expectFailure(["train", "--resume", "runs/7"], status: 66, mentioning: "runs/7", at: bench)
    try bench.train()
    // A job that is queued again has what it wants.
    let again = try bench.run("train", "--resume", "runs/1", "--json")
    #expect(again.status == 0)
    #expect(again.errors.hasPrefix("millrace: note: runs/1: the run is finished"), "\(again.errors)")
    #expect(try again.json()["model"] as? String == "runs/1/model.safetensors")
    try expectFailure(
      ["train", "--resume", "runs/1", "--batch-size", "9"], status: 64,
      mentioning: "batch-size was 8, now 9", at: bench)
    for name in ["last", "previous"] { try bench.file("runs/1/checkpoints/\(name).safetensors", "damaged") }
    try expectFailure(
      ["train", "--resume", "runs/1"], status: 65, mentioning: "last.safetensors", "previous.safetensors",
      at: bench)
  }

  @Test func aPreviewIsNotMixedWithOtherFiles() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 2)
    try bench.file("previews/notes.txt", "mine")
    try expectFailure(["preview", "data"], status: 73, mentioning: "previews", at: bench)
  }

  @Test func modelsThatAreMissingCutOrNone() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    let model = try bench.bytes("runs/1/model.safetensors")
    try bench.file("cut.safetensors", Array(model.dropLast(100)))
    try bench.file("short.safetensors", Array(model.prefix(5)))
    try bench.file("none.safetensors", "no model at all, but text")
    for name in ["cut", "short", "none"] {
      for arguments in [
        ["evaluate", "\(name).safetensors", "data"], ["predict", "\(name).safetensors", "data/ring/0.png"],
        ["info", "\(name).safetensors"],
      ] {
        try expectFailure(arguments, status: 65, mentioning: name, at: bench)
      }
    }
    try expectFailure(["info", "nowhere"], status: 66, mentioning: "nowhere", at: bench)
  }

  @Test func weightsThatDoNotFitTheNetwork() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    try expectFailure(
      ["train", "data", "--image-size", "10", "--hidden", "17", "--init-weights", "runs/1"], status: 65,
      mentioning: "runs/1/model.safetensors", "0.dense.weight", "[16, 300]", "[17, 300]", at: bench)
    try expectFailure(
      ["train", "data", "--init-weights", "nowhere"], status: 66, mentioning: "nowhere", at: bench)
  }

  @Test func anExportThatCannotBeWritten() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    try expectFailure(
      ["export", "runs/1", "--format", "safetensors"], status: 64, mentioning: "--output", "the model itself",
      at: bench)
    try expectFailure(
      ["export", "runs/1", "--format", "npz", "--output", "data/ring/0.png/x"], status: 73,
      mentioning: "data/ring/0.png/x", at: bench)
    try expectFailure(
      ["export", "nowhere", "--format", "onnx"], status: 66, mentioning: "nowhere", at: bench)
  }

  @Test func imagesThatCannotBePredicted() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    let jpeg = try ImageEncoder.jpeg(Workbench.picture(class: 0, number: 3, side: 64))
    try bench.file("cut.jpg", Array(jpeg.prefix(jpeg.count / 2)))
    try bench.file("text.png", "this is no picture")
    try bench.file("nothing.png", [])
    for name in ["cut.jpg", "text.png", "nothing.png"] {
      let outcome = try bench.run("predict", "runs/1", "data/ring/0.png", name, "data/down/1.jpg", "--csv")
      #expect(outcome.status == 65)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.hasPrefix("millrace: error: \(name): "))
      let rows = outcome.output.split(separator: "\n")
      #expect(
        rows.count == 3 && rows[1].hasPrefix("data/ring/0.png,") && rows[2].hasPrefix("data/down/1.jpg,"))
    }
    try expectFailure(["predict", "runs/1", "nowhere.png"], status: 65, mentioning: "nowhere", at: bench)
    try bench.folder("bare")
    try expectFailure(
      ["predict", "runs/1", "bare"], status: 65, mentioning: "bare", "holds no file", at: bench)
    // A missing path prevents no other from being predicted.
    let outcome = try bench.run(
      "predict", "runs/1", "data/ring/0.png", "nowhere.png", "none/", "data/down/1.jpg", "--csv")
    #expect(outcome.status == 65 && outcome.errorLines.count == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("nowhere.png: ") && outcome.errors.contains("none/: "))
    #expect(
      outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
        == ["data/ring/0.png", "data/down/1.jpg"])
  }

  @Test func classesThatTheModelDoesNotKnow() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
    try bench.dataset("other", perClass: 1)
    try bench.file("other/spiral/1.png", ImageEncoder.png(Workbench.picture(class: 0, number: 0)))
    try expectFailure(["evaluate", "runs/1", "other"], status: 65, mentioning: "spiral", at: bench)
  }
}
