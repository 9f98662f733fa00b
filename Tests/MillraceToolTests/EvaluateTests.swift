import Foundation
import MillraceModels
import Testing

struct EvaluateTests {
  @Test func whatIsThereIsMeasuredAndTheRestIsSaid() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("new/Test", perClass: 3)
    try bench.dataset("new/train", perClass: 2)
    try FileManager.default.removeItem(atPath: bench.path + "/new/Test/down")
    let outcome = try bench.run("evaluate", "runs/1", "new", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("new/Test: measured on Test/"))
    #expect(outcome.errors.contains("no image of 'down'"))
    let result = try outcome.json()
    #expect(result["count"] as? Int == 6 && result["data"] as? String == "new/Test")
    #expect(result["unmeasured"] as? [String] == ["down"])
    let classes = try #require(result["classes"] as? [[String: Any]])
    #expect(classes.map { $0["count"] as? Int } == [3, 0, 3])
    // Without an image there is no figure.
    #expect(classes[1]["recall"] == nil && classes[1]["f1"] == nil && classes[0]["recall"] is Double)
    let table = try bench.run("evaluate", "runs/1", "new").output
    let row = try #require(table.split(separator: "\n").first { $0.hasPrefix("down") })
    #expect(row.split(separator: " ").filter { $0 == "–" }.count >= 2, "\(row)")
  }

  @Test func `Figures come with intervals, a page, thresholds and another model's`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 6)
    #expect(try bench.train().status == 0)
    #expect(try bench.train("data", "--seed", "4", "--epochs", "1").status == 0)
    let outcome = try bench.run(
      "evaluate", "runs/1", "test", "--json", "--report", "page.html", "--compare", "runs/2", "--thresholds",
      "t.json",
      "--precision", "0.5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("t.json: with these thresholds"))
    let result = try outcome.json()
    let ends = try #require((result["intervals"] as? [String: Any])?["accuracy"] as? [Double])
    let accuracy = try #require(result["accuracy"] as? Double)
    #expect(ends[0] <= accuracy && accuracy <= ends[1] && ends[0] < ends[1])
    let averages = try #require(result["averages"] as? [String: [String: Any]])
    #expect(averages["macro"]?["rocArea"] is Double && averages["weighted"]?["f1"] is Double)
    #expect((result["comparison"] as? [String: Any])?["count"] as? Int == 18)
    #expect((result["coverage"] as? [[String: Any]])?.first?["coverage"] as? Double == 1)
    let page = try bench.text("page.html")
    for word in ["Evaluation", "compared with runs/2", "Thresholds", "None of these", "Calibration"] {
      #expect(page.contains(word), "\(word)")
    }
    let thresholds = try #require(
      (try JSONSerialization.jsonObject(with: Data(bench.bytes("t.json"))) as? [String: Any])?["thresholds"]
        as? [String: Any])
    #expect(thresholds.keys.sorted() == ["across", "down", "ring"])
    #expect(try bench.run("predict", "runs/1", "test", "--reject-below", "t.json").status == 0)
    let text = try bench.run("evaluate", "runs/1", "test", "--compare", "runs/2").output
    #expect(text.contains("macro average") && text.contains("McNemar's test"))
  }

  @Test func `Figures of slices come as text, JSON and on the page, and what cannot be sliced is said`()
    throws
  {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("test", perClass: 6)
    let rows = Workbench.classes.flatMap { name in
      (0..<6).map {
        "\(name)/\($0).\($0 % 2 == 0 ? "png" : "jpg"),\(name),\($0 % 2 == 0 ? "lossless" : "<lossy>")"
      }
    }
    try bench.file("t.csv", "path,label,kind\n\(rows.joined(separator: "\n"))\n")
    let arguments = [
      "evaluate", "runs/1", "test", "--labels", "t.csv", "--slices", "kind", "--slices", "brightness",
    ]
    let outcome = try bench.run(arguments + ["--json", "--report", "page.html"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let slices = try #require(try outcome.json()["slices"] as? [[String: Any]])
    #expect(slices.map { $0["by"] as? String } == ["kind", "brightness"])
    let kinds = try #require(slices[0]["slices"] as? [[String: Any]])
    #expect(kinds.map { $0["name"] as? String } == ["<lossy>", "lossless"])
    #expect(kinds.allSatisfy { $0["count"] as? Int == 9 && $0["accuracy"] is Double })
    #expect((kinds[0]["intervals"] as? [String: Any])?["meanRecall"] is [Double])
    let page = try bench.text("page.html")
    #expect(page.contains("By kind") && page.contains("&lt;lossy&gt;") && page.contains("brightest: "))
    let text = try bench.run(arguments).output
    #expect(text.contains("lossless ") && text.contains("mean recall"), "\(text)")
    let unknown = try bench.run("evaluate", "runs/1", "test", "--labels", "t.csv", "--slices", "camera")
    #expect(unknown.status == 65 && unknown.errors.contains("has no column 'camera'"), "\(unknown.errors)")
    let refused = try bench.run("evaluate", "runs/1", "test", "--slices", "kind")
    #expect(refused.status != 0 && refused.errors.contains("--slices"), "\(refused.errors)")
  }

  @Test func `A class is not named where the model is less sure than is asked`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let all = try bench.run("predict", "runs/1", "data", "--csv").output.split(separator: "\n").dropFirst()
    let probabilities = all.compactMap { Double($0.split(separator: ",")[2]) }.sorted()
    let threshold = probabilities[probabilities.count / 2]
    let unsure = probabilities.count { $0 < threshold }
    let csv = try bench.run("predict", "runs/1", "data", "--csv", "--reject-below", "\(threshold)").output
    #expect(csv.split(separator: "\n").count { $0.contains(",,") } == unsure && unsure > 0)
    let json = try bench.run("predict", "runs/1", "data", "--json", "--reject-below", "\(threshold)").json()
    let predictions = try #require(json["predictions"] as? [[String: Any]])
    #expect(predictions.count { $0["class"] == nil } == unsure)
    let table = try bench.run("predict", "runs/1", "data", "--reject-below", "1").output
    #expect(table.contains("– "))
    try Data("[1]".utf8).write(to: URL(fileURLWithPath: bench.path + "/bad.json"))
    for (value, words) in [
      ("1.5", "from 0 to 1"), ("nothing.json", "nothing.json"), ("bad.json", "evaluate MODEL DATA"),
    ] {
      let refused = try bench.run("predict", "runs/1", "data", "--reject-below", value)
      #expect(refused.status != 0 && refused.errors.contains(words), "\(refused.errors)")
      #expect(refused.errorLines.count == 1)
    }
  }

  @Test func `The images that are most alike are shown, and features written`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("new", perClass: 2)
    let arguments = ["predict", "runs/1", "new", "--nearest", "2", "--among", "data", "--features", "f.npz"]
    let json = try bench.run(arguments + ["--json"])
    #expect(json.status == 0 && bench.exists("f.npz"), "\(json.errors)")
    let predictions = try #require(try json.json()["predictions"] as? [[String: Any]])
    #expect(predictions.count == 6)
    for prediction in predictions {
      let nearest = try #require(prediction["nearest"] as? [[String: Any]])
      let similarities = nearest.compactMap { $0["similarity"] as? Double }
      #expect(similarities.count == 2 && similarities[0] >= similarities[1] && similarities[0] < 1.0001)
      #expect((nearest[0]["path"] as? String)?.hasPrefix("data/") == true)
      #expect((prediction["topK"] as? [Any])?.count == 1)
    }
    let csv = try bench.run(arguments + ["--csv"]).output.split(separator: "\n")
    #expect(
      csv[0]
        == "path,class,probability,nearest_1,nearest_1_class,nearest_1_similarity,nearest_2,nearest_2_class,nearest_2_similarity"
    )
    #expect(csv.count == 7 && csv.allSatisfy { $0.split(separator: ",").count == 9 })
    let table = try bench.run(arguments).output.split(separator: "\n")
    #expect(table.count == 1 + 6 * 3 && table.count { $0.hasPrefix("  alike ") } == 12)
    for (refused, words) in [
      (["--nearest", "2"], "--among"), (["--features", "f.csv"], ".npz"),
      (["--features", "f.npz", "--tta", "2", "--tta-augment", "flip"], "features"),
    ] {
      let outcome = try bench.run(["predict", "runs/1", "new"] + refused)
      #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test func `Pictures of what spoke for a class come with a page`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("new <1>", perClass: 1)
    try bench.file("new <1>/bad.png", "no image")
    let outcome = try bench.run("predict", "runs/1", "new <1>", "--explain", "why", "--json")
    #expect(
      outcome.status == 65 && outcome.errors.contains("why/explanations.html: with the tenth that spoke most")
    )
    let predictions = try #require(try outcome.json()["predictions"] as? [[String: Any]])
    #expect(predictions.count == 3)
    for prediction in predictions {
      let explanation = try #require(prediction["explanation"] as? [String: Any])
      let file = try #require(explanation["file"] as? String)
      #expect(bench.exists(file) && explanation["coveredProbability"] is Double)
      #expect(try bench.bytes(file).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
    let page = try bench.text("why/explanations.html")
    #expect(page.contains("new &lt;1&gt;/") && page.components(separatedBy: "<img").count == 4)
    // Nothing is written into the data.
    let inside = try bench.run("predict", "runs/1", "new <1>", "--explain", "new <1>/why")
    #expect(inside.status == 73 && !bench.exists("new <1>/why"), "\(inside.errors)")
    // What is there is not written over.
    let again = try bench.run("predict", "runs/1", "new <1>", "--explain", "why")
    #expect(again.status == 73, "\(again.errors)")
    let varied = try bench.run(
      "predict", "runs/1", "new <1>", "--explain", "how", "--tta", "2", "--tta-augment", "flip")
    #expect(varied.status == 64 && varied.errors.contains("explain") && !bench.exists("how"))
  }

  @Test func `A list of predictions is read back as labels`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("odd, \"names\"", perClass: 4)
    // Lists show a line break and a backslash in a name as escapes.
    let images = bench.contents.filter { $0.hasPrefix("odd") && $0.hasSuffix(".png") }
    for (image, name) in zip(images, ["a\nb.png", "c\\x0ad.png"]) {
      let folder = (image as NSString).deletingLastPathComponent
      try FileManager.default.moveItem(
        atPath: bench.path + "/" + image, toPath: bench.path + "/" + folder + "/" + name)
    }
    let list = try bench.run("predict", "runs/1", "odd, \"names\"", "--csv", "--top-k", "2")
    try bench.file("lists/predicted.csv", list.output)
    let json = try bench.run("predict", "runs/1", "odd, \"names\"", "--json").json()
    let predictions = try #require(json["predictions"] as? [[String: Any]])
    let lines = try predictions.map {
      String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
    }
    try bench.file("lists/predicted.jsonl", lines.joined(separator: "\n"))
    for name in ["lists/predicted.csv", "lists/predicted.jsonl"] {
      // The list lies elsewhere, and its paths begin where predict was called.
      let measured = try bench.run("evaluate", "runs/1", name, "--json")
      #expect(measured.status == 0, "\(measured.errors)")
      let result = try measured.json()
      #expect(result["count"] as? Int == 12 && result["accuracy"] as? Double == 1)
      let trained = try bench.train(name, "--name", String(name.dropFirst(6)))
      #expect(
        trained.status == 0 && trained.errors.contains("begin at the working folder"), "\(trained.errors)")
    }
    #expect(
      try bench.bytes("runs/predicted.csv/model.safetensors")
        == bench.bytes("runs/predicted.jsonl/model.safetensors"))
  }

  @Test func `A calibrated model says the same, as sure as it is right, wherever it goes`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let before = try bench.run("evaluate", "runs/1", "data", "--json").json()
    let calibrated = try bench.run("evaluate", "runs/1", "data", "--calibrate", "--json")
    #expect(calibrated.status == 0 && calibrated.errors.contains("temperature"), "\(calibrated.errors)")
    let after = try calibrated.json()
    #expect(after["accuracy"] as? Double == before["accuracy"] as? Double)
    let losses = (try #require(before["loss"] as? Double), try #require(after["loss"] as? Double))
    #expect(losses.1 < losses.0)
    // The temperature is in the file now, and a second fit finds nothing to change.
    let again = try bench.run("evaluate", "runs/1", "data", "--json").json()
    #expect(again["loss"] as? Double == losses.1)
    let temperature = try #require(try bench.run("info", "runs/1", "--json").json()["temperature"] as? Double)
    // The classes' names stand below their number.
    #expect(try bench.run("info", "runs/1").output.contains(#/classes +3\n +across, down, ring\n/#))
    #expect(temperature != 1)
    // What the model's owner notes down stays where the temperature is written anew.
    let file = bench.path + "/runs/1/model.safetensors"
    var model = try Model(contentsOf: file)
    model.notes = ["licence": "CC0"]
    try model.save(to: file)
    try bench.run("evaluate", "runs/1", "data", "--calibrate", "--quiet")
    #expect(try bench.run("info", "runs/1").output.contains("licence: CC0"))
    let second = try #require(try bench.run("info", "runs/1", "--json").json()["temperature"] as? Double)
    #expect(abs(second / temperature - 1) < 1e-3)
    let refused = try bench.run("evaluate", "runs/1", "data", "--calibrate", "--tta", "2")
    #expect(refused.status == 64 && refused.errors.contains("--tta"))
    #expect(try bench.train("data", "--loss", "hinge", "--name", "hinge").status == 0)
    let hinge = try bench.run("evaluate", "runs/hinge", "data", "--calibrate")
    #expect(hinge.status != 0 && hinge.errors.contains("not probabilities"), "\(hinge.errors)")
  }
}
