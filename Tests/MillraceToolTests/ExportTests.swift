import Foundation
import MillraceImages
import MillraceModels
import Testing
import _MillraceTestSupport

/// The command `export` as people use it.
struct ExportTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.dataset("data")
    try bench.train()
  }

  /// Pictures that the model was not trained on, and what `predict` takes them for.
  private func pictures() throws -> [(picture: Image, prediction: (name: String, probability: Double))] {
    let pictures = (0..<24).map { Workbench.picture(class: $0 % 3, number: 100 + $0, side: 20 + $0) }
    for (number, picture) in pictures.enumerated() {
      try bench.file("new/\(number).png", ImageEncoder.png(picture))
    }
    let answer = try bench.run("predict", "runs/1", "new", "--json").json()
    let predictions = try #require(answer["predictions"] as? [[String: Any]])
    return try pictures.enumerated().map { number, picture in
      let prediction = try #require(
        predictions.first { ($0["path"] as? String)?.hasSuffix("/\(number).png") == true })
      let best = try #require((prediction["topK"] as? [[String: Any]])?.first)
      return (picture, (try #require(best["class"] as? String), try #require(best["probability"] as? Double)))
    }
  }

  @Test func aGraphOfThePicture() throws {
    let export = try bench.run(
      "export", "runs/1", "--format", "onnx", "--input", "image", "--output", "picture.onnx", "--json")
    #expect(export.status == 0, "\(export.errors)")
    let result = try export.json()
    #expect(result["path"] as? String == "picture.onnx")
    #expect(result["files"] as? [String] == ["picture.onnx", "picture.onnx.txt", "picture.onnx.py"])
    let input = try #require(result["input"] as? [String: Any])
    #expect(input["type"] as? String == "uint8" && input["shape"] as? [String] == ["height", "width", "3"])
    let text = try bench.run("export", "runs/1", "--format", "onnx")
    #expect(text.output.contains("(batch, 3, 10, 10)") && text.output.contains("model.onnx.py"))
    #expect(try bench.text("runs/1/model.onnx.py").contains("def pixels("))
    #expect(try bench.text("picture.onnx.py").contains("def picture("))
  }

  @Test(.enabled(if: CCompiler.system != nil, "there is no C compiler"))
  func filesOfCThatSayWhatPredictSays() throws {
    let compiler = try #require(CCompiler.system)
    let pictures = try pictures()
    for (name, flags, limit) in [("plain", [], 1e-5), ("small", ["--quantize", "int8"], 0.05)] {
      let export = try bench.run(["export", "runs/1", "--format", "c", "--output", "\(name).c"] + flags)
      #expect(export.status == 0 && export.errors.isEmpty, "\(export.errors)")
      #expect(export.output.contains("\(name).h") && bench.exists("\(name).c.txt"))
      let classifier = try CClassifier(
        bench.path + "/\(name).c", prefix: name, with: compiler, ["-O2"] + compiler.sanitizers)
      let answers = try classifier.classify(pictures.map(\.picture), gap: 1)
      try #require(answers.count == pictures.count)
      for (answer, expected) in zip(answers, pictures.map(\.prediction)) {
        #expect(Workbench.classes[answer.best] == expected.name, "\(name)")
        #expect(abs(Double(answer.outputs[answer.best]) - expected.probability) < limit, "\(name)")
      }
    }
  }

  @Test func imagesByWhichRangesAreMeasured() throws {
    let small = ["--format", "c", "--quantize", "int8"]
    let own = try bench.run(["export", "runs/1", "--output", "own.c"] + small)
    #expect(own.status == 0, "\(own.errors)")
    // A folder without classes, and one of a model that lies elsewhere.
    let model = "runs/1/model.safetensors"
    let given = try bench.run(
      ["export", model, "--output", "given.c", "--calibration", "data/ring"] + small)
    #expect(given.status == 0, "\(given.errors)")
    #expect(try bench.text("own.c") != bench.text("given.c"))
    try bench.file("elsewhere.safetensors", bench.bytes(model))
    let elsewhere = try bench.run(["export", "elsewhere.safetensors", "--output", "e.c"] + small)
    #expect(
      elsewhere.status == 64 && elsewhere.errors.contains("--calibration: must be given"),
      "\(elsewhere.errors)")
    try FileManager.default.moveItem(atPath: bench.path + "/data", toPath: bench.path + "/moved")
    let moved = try bench.run(["export", "runs/1", "--output", "e.c"] + small)
    #expect(moved.status == 64 && moved.errors.contains("--calibration: must be given"), "\(moved.errors)")
    let inside = try bench.run(
      ["export", "runs/1", "--output", "moved/e.c", "--calibration", "moved"] + small)
    #expect(inside.status == 73, "\(inside.errors)")
    #expect(!bench.exists("e.c"))
  }

  @Test func nothingIsReplacedUnasked() throws {
    #expect(try bench.run("export", "runs/1", "--format", "npz").status == 0)
    let first = try bench.bytes("runs/1/model.npz")
    let again = try bench.run("export", "runs/1", "--format", "npz")
    #expect(again.status == 73 && again.errors.contains("add --replace"), "\(again.errors)")
    #expect(try bench.run("export", "runs/1", "--format", "npz", "--replace").status == 0)
    #expect(try bench.bytes("runs/1/model.npz") == first)
    // A text that somebody has written is as safe as a model.
    try bench.file("mine.onnx.txt", "mine")
    let text = try bench.run("export", "runs/1", "--format", "onnx", "--output", "mine.onnx")
    #expect(text.status == 73 && text.errors.contains("mine.onnx.txt"), "\(text.errors)")
    #expect(try bench.text("mine.onnx.txt") == "mine" && !bench.exists("mine.onnx"))
  }

  @Test(arguments: [
    (["--format", "c", "--input", "image"], "--input has no effect without --format onnx"),
    (["--format", "onnx", "--quantize", "int8"], "--quantize has no effect without --format c"),
    (["--format", "c", "--calibration", "data"], "--calibration has no effect without --quantize"),
    (["--format", "c", "--output", "model.cpp"], "ends with .c"),
    (["--format", "c", "--quantize", "int4"], "int8"), (["--format", "onnx", "--input", "file"], "pixels"),
  ])
  func whatDoesNotGoTogether(flags: [String], mention: String) throws {
    let outcome = try bench.run(["export", "runs/1"] + flags)
    #expect(outcome.status == 64 && outcome.errors.contains(mention), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1)
  }
}
