import Foundation
import MillraceImages
import MillraceModels
import Testing

/// From a folder of images to predictions, as a person proceeds.
struct JourneyTests {
  @Test func fromImagesToPredictions() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 4)

    let training = try bench.train("data", "--val-fraction", "0.25")
    #expect(training.status == 0, "\(training.errors)")
    #expect(training.output.contains("runs/1/model.safetensors"))
    #expect(training.output.contains("\nnext  "))
    for name in ["config.yaml", "classes.txt", "metrics.csv", "bad-files.csv", "model.safetensors"] {
      #expect(bench.exists("runs/1/\(name)"), "\(name)")
    }
    #expect(try bench.text("runs/1/classes.txt") == "across\ndown\nring\n")
    #expect(try bench.text("runs/1/bad-files.csv") == "path,reason\n")
    let metrics = try bench.text("runs/1/metrics.csv").split(separator: "\n")
    #expect(metrics.count == 9 && metrics[0].hasPrefix("epoch,train_loss,") && metrics[8].hasPrefix("8,"))

    let evaluation = try bench.run("evaluate", "runs/1", "test")
    #expect(evaluation.status == 0 && evaluation.errors.isEmpty)
    for word in ["accuracy", "precision", "recall", "across", "confusion"] {
      #expect(evaluation.output.contains(word), "\(word)")
    }

    let prediction = try bench.run("predict", "runs/1", "test/ring/0.png", "test/down")
    #expect(prediction.status == 0 && prediction.errors.isEmpty)
    let rows = prediction.output.split(separator: "\n")
    #expect(rows.count == 6 && rows[1].hasSuffix("test/ring/0.png") && rows[2].hasSuffix("test/down/0.png"))

    let export = try bench.run("export", "runs/1", "--format", "onnx")
    #expect(export.status == 0 && export.output.contains("(batch, 3, 10, 10)"), "\(export.errors)")
    #expect(bench.exists("runs/1/model.onnx"))
    #expect(bench.contents.contains { $0.hasPrefix("runs/1/events.out.tfevents.") })

    let info = try bench.run("info", "runs/1")
    #expect(info.status == 0)
    #expect(info.output.contains("300-16-3") && info.output.contains("10×10 rgb"))
  }

  @Test func aNetworkWithAStemGoesAllTheWay() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 2)
    let small = ["train", "data", "--image-size", "10", "--epochs", "2", "--batch-size", "8", "--no-refit"]
    let training = try bench.run(small + ["--stem", "conv:4,6"])
    #expect(training.status == 0, "\(training.errors)")
    #expect(training.errors.contains("\nnetwork     conv:4,6, then 6-3, "), "\(training.errors)")
    let page = try bench.text("runs/1/report.html")
    #expect(page.contains("The windows of the first convolution: 4 of 4 units"))
    #expect(page.contains("conv:4,6, then 6-3"))
    for command in [
      ["info", "runs/1"], ["evaluate", "runs/1", "test"], ["evaluate", "runs/1", "test", "--tta", "2"],
      ["predict", "runs/1", "test", "--explain", "why", "--features", "f.npz"],
      ["predict", "runs/1", "test", "--nearest", "2", "--among", "data"],
      ["export", "runs/1", "--format", "onnx"],
      ["export", "runs/1", "--format", "onnx", "--input", "image", "--output", "picture.onnx"],
      ["export", "runs/1", "--format", "npz"], ["export", "runs/1", "--format", "c"],
      ["export", "runs/1", "--format", "c", "--quantize", "int8", "--output", "small.c"],
      ["export", "runs/1", "--format", "safetensors", "--output", "copy.safetensors"],
      small + ["--init-weights", "runs/1", "--freeze", "2"], small + ["--stem", "auto", "--folds", "2"],
    ] {
      let outcome = try bench.run(command)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    let refused = try bench.run(small + ["--stem", "conv:4,6,8,10"])
    #expect(refused.status == 64 && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("--stem: has 4 blocks"))
  }

  @Test func aCheckLeavesAPageWithPictures() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 6)
    try bench.file("data/ring/copy.png", bench.bytes("data/down/0.png"))
    let before = Set(bench.contents)
    let check = try bench.run("check", "data", "--report", "check.html", "--blank", "0", "--json")
    #expect(check.status == 0, "\(check.errors)")
    #expect(Set(bench.contents).subtracting(before) == ["check.html"])
    let page = try bench.text("check.html")
    #expect(page.contains("Equal files and look-alikes") && page.contains("data:image/png;base64,"))
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any])
    let findings = try #require(result["findings"] as? [String: Any])
    for key in ["blurred", "dark", "bright", "blank", "oddRatio"] { #expect(findings[key] != nil, "\(key)") }
    #expect(result["leakage"] != nil && result["cutOff"] != nil)
    let refused = try bench.run("check", "data", "--odd-ratio", "0.5")
    #expect(refused.status == 64 && refused.errors.contains("--odd-ratio: must be at least 1, got 0.5"))
    let inside = try bench.run("check", "data", "--report", "data/check.html")
    #expect(inside.status == 73 && !bench.exists("data/check.html"), "\(inside.errors)")
  }

  @Test func aTestIsMeasuredOnOnceAndToldEverywhere() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 12)
    for more in [[], ["--folds", "2"]] {
      let folder = more.isEmpty ? "runs/1" : "runs/2"
      let training = try bench.run(
        ["train", "data", "--epochs", "2", "--test-fraction", "25%", "--evaluate-test", "--json"] + more)
      #expect(training.status == 0, "\(training.errors)")
      let result = try #require(
        try JSONSerialization.jsonObject(with: Data(training.output.utf8)) as? [String: Any])
      let test = try #require(result["test"] as? [String: Any])
      #expect(test["count"] as? Int == 9 && test["data"] as? String == "the 25.0 % of data kept for a test")
      let interval = try #require(test["interval"] as? [String: Any])
      #expect(interval["lower"] is Double && interval["upper"] is Double)
      let record = try bench.text("\(folder)/report.json")
      #expect(record.contains(#""data":"the 25.0 % of data kept for a test""#))
      #expect(
        try bench.text("\(folder)/report.html").contains("accuracy on the 25.0 % of data kept for a test"))
      #expect(try bench.text("\(folder)/config.yaml").contains("evaluate-test: true"))
    }
    let words = try bench.run("train", "--config", "runs/1/config.yaml")
    #expect(
      words.output.contains("\ntest ") && words.output.contains("on the 25.0 % of data"), "\(words.output)")
    let refused = try bench.run("train", "data", "--evaluate-test")
    #expect(refused.status == 64 && refused.errors.contains("--evaluate-test: has no images to measure on"))
  }

  @Test func theNextRunGetsTheNextNumberAndRepeatsTheFirst() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.train("data", "--augment", "light")
    let again = try bench.run("train", "--config", "runs/1/config.yaml", "--workers", "3", "--quiet")
    #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
    #expect(try bench.bytes("runs/2/model.safetensors") == bench.bytes("runs/1/model.safetensors"))

    // Flags win over the file.
    try bench.run("train", "--config", "runs/1/config.yaml", "--seed", "9", "--name", "other", "--quiet")
    #expect(try bench.bytes("runs/other/model.safetensors") != bench.bytes("runs/1/model.safetensors"))
    #expect(try bench.text("runs/other/config.yaml").contains("seed: 9"))
  }

  @Test func aBatchLargerThanTheDataIsNoErrorAndIsSaid() throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 4)
    let outcome = try bench.train("data", "--batch-size", "1000")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.errorLines.count { $0.hasPrefix("note: ") && $0.contains("1000") } == 1, "\(outcome.errors)")
  }

  @Test func badFilesAreSkippedCountedAndListed() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.file("data/ring/bad, \"bad\".png", "no picture")
    let outcome = try bench.train("data", "--val-fraction", "0")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("1 file"))
    let rows = try bench.text("runs/1/bad-files.csv").split(separator: "\n")
    #expect(
      rows.count == 2 && rows[1].hasPrefix("\"data/ring/bad, \"\"bad\"\".png\",")
        && rows[1].contains("not a \(ImageFormat.listInWords) image"))
  }

  @Test func aRunThatDivergesSaysSo() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let outcome = try bench.train("data", "--lr", "1e30")
    #expect(outcome.status == 3)
    #expect(outcome.errorLines.last?.hasPrefix("millrace: error: training diverged") == true)
  }

  @Test func aPreviewReplacesAnEarlierOneAndNothingElse() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    func preview(_ more: String...) throws -> Workbench.Outcome {
      try bench.run(["preview", "data", "--image-size", "9", "--augment", "flip"] + more)
    }
    #expect(try preview("--count", "3", "--variants", "2").status == 0)
    let refused = try preview("--count", "1", "--variants", "1")
    #expect(refused.status == 73 && refused.errors.contains("--replace"), "\(refused.errors)")
    let replaced = try preview("--count", "1", "--variants", "1", "--replace", "--quiet")
    #expect(replaced.status == 0 && replaced.output.hasPrefix("open           previews/preview.html\n"))
    #expect(bench.contents.count { $0.hasPrefix("previews/") } == 2 + 3)
    try bench.file("previews/mine.txt", "of another kind")
    let before = bench.contents
    #expect(try preview("--replace").status == 73)
    #expect(bench.contents == before)
  }

  @Test func aPreviewShowsEachClassAndItsVariants() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let outcome = try bench.run(
      "preview", "data", "--image-size", "24x20", "--augment", "rotate:20", "--count", "3", "--variants", "2",
      "--output", "out/pictures")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let files = bench.contents.filter { $0.hasPrefix("out/pictures/") }
    #expect(files.count == 3 * 3 + 3)
    let page = try bench.text("out/pictures/preview.html")
    for text in ["across", "down", "ring", "epoch 2", "rotate: degrees ", "-v2.png"] {
      #expect(page.contains(text), "\(text)")
    }
    for name in Workbench.classes {
      #expect(files.count { $0.hasPrefix("out/pictures/\(name)-") } == 3)
    }
    let decoder = ImageDecoder()
    let sheet = try bench.bytes("out/pictures/contact-sheet.png")
    let size = try sheet.withUnsafeBytes { bytes in
      let view = try decoder.decode(bytes, channels: .rgb, atLeast: nil)
      return [view.width, view.height]
    }
    // Pictures of 24 × 20 are enlarged three times.
    #expect(size == [4 + 3 * (72 + 4) + 8, 4 + 3 * (60 + 4)])

    let plans = try JSONSerialization.jsonObject(with: Data(try bench.bytes("out/pictures/plans.json")))
    let entries = try #require(plans as? [[String: Any]])
    #expect(entries.count == 6)
    for entry in entries {
      #expect(Set(entry.keys) == ["class", "epoch", "file", "plan", "source", "variant"])
      #expect(bench.exists("out/pictures/\(entry["file"] as? String ?? "none")"))
    }
  }

  @Test func oneAugmentationIsShownAloneFromEndToEnd() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let outcome = try bench.run(
      "preview", "data", "--only", "rotate:30", "--count", "1", "--variants", "3", "--format", "jpeg",
      "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()["folder"] as? String == "previews")
    let plans = try bench.text("previews/plans.json")
    for degrees in ["-30", "0", "30"] { #expect(plans.contains("\"degrees\" : \(degrees)\n")) }
  }

  @Test func aTrainingThatFitsIntoATime() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    // This time is enough for the usual number of epochs, however busy the machine is.
    let training = try bench.run("train", "data", "--time", "10m", "--image-size", "10", "--hidden", "8")
    #expect(
      training.status == 0 && training.errors.contains("measuring how long an epoch takes"),
      "\(training.errors)")
    // The number that was found repeats the run.
    let settings = try bench.text("runs/1/config.yaml")
    #expect(settings.split(separator: "\n").contains { $0.hasPrefix("epochs: ") && !$0.contains("auto") })
  }
}
