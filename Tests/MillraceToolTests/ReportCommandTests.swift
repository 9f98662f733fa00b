import Foundation
import Testing

struct ReportCommandTests {
  @Test func `A report is drawn again, and runs are laid side by side`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train("data", "--name", "a").status == 0)
    #expect(try bench.train("data", "--name", "b", "--weight-decay", "0.1").status == 0)
    let written = try bench.bytes("runs/a/report.html")
    let redrawn = try bench.run("report", "runs/a/", "--json")
    #expect(try redrawn.status == 0 && redrawn.json()["report"] as? String == "runs/a/report.html")
    let isSame = try bench.bytes("runs/a/report.html") == written
    #expect(isSame)

    let both = try bench.run("report", "runs/a", "runs/b")
    #expect(both.status == 0 && both.output.contains("comparison.html"))
    #expect(try bench.text("comparison.html").contains("b: weight-decay 0.1"))
    #expect(try bench.run("report", "runs/a", "--output", "elsewhere.html").status == 0)
    #expect(bench.exists("elsewhere.html"))

    let missing = try bench.run("report", "runs/none")
    #expect(missing.status == 66 && missing.errorLines.count == 1 && missing.errors.contains("runs/none"))
  }

  @Test func `An evaluation leaves a page of mistakes and a row for each image`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(
      try bench.run("train", "data", "--image-size", "10", "--hidden", "none", "--epochs", "1").status == 0)
    let outcome = try bench.run(
      "evaluate", "runs/1", "data", "--mistakes", "worst.html", "--predictions", "all.csv", "--json")
    #expect(outcome.status == 0)
    let result = try outcome.json()
    let accuracy = try #require(result["accuracy"] as? Double)
    #expect((0...1).contains(try #require(result["expectedCalibrationError"] as? Double)))
    let rows = try bench.text("all.csv").split(separator: "\n")
    #expect(rows[0] == "path,class,predicted,probability,class_probability,correct" && rows.count == 37)
    let right = rows.dropFirst().filter { $0.hasSuffix(",1") }.count
    #expect(abs(Double(right) / 36 - accuracy) < 1e-9)
    let mistakes = try bench.text("worst.html").components(separatedBy: "<img ").count - 1
    #expect(mistakes == 36 - right)

    #expect(try bench.run("evaluate", "runs/1", "data", "--predictions", "all.json").status == 0)
    let json =
      try JSONSerialization.jsonObject(with: Data(try bench.bytes("all.json"))) as? [String: [[String: Any]]]
    #expect(json?["predictions"]?.count == 36)
    #expect(try bench.run("evaluate", "runs/1", "data", "--predictions", "all.txt").status == 64)
  }

  @Test(arguments: [false, true])
  func `Paths from standard input are answered in their order`(null: Bool) throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let paths = ["data/ring/1.jpg", "nowhere.png", "data/across/0.png", "data/down/3.jpg"]
    // The last path has no end. Some programs begin a list with a byte order mark.
    let input = (null ? "" : "\u{FEFF}") + paths.joined(separator: null ? "\0" : "\n")
    let outcome = try bench.run(
      ["predict", "runs/1", "-", "--csv"] + (null ? ["--null"] : []), input: input)
    #expect(outcome.status == 65 && outcome.errors.contains("nowhere.png"))
    let rows = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
    #expect(rows == ["data/ring/1.jpg", "data/across/0.png", "data/down/3.jpg"])
    #expect(try bench.run("predict", "runs/1", "-", "data").status == 64)
    #expect(try bench.run("predict", "runs/1", "data", "--null").status == 64)
  }

  #if os(Linux)
  @Test func `Names that are no UTF-8, and lines that end with a carriage return, are taken as they are`()
    throws
  {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let script = """
      cp data/ring/1.jpg "$(printf 'caf\\351.jpg')"
      printf 'caf\\351.jpg\\r\\ndata/down/3.jpg\\r\\n' | "$0" predict runs/1 - --csv
      """
    let outcome = try bench.run(
      ["-c", script, Workbench.command.path], of: URL(fileURLWithPath: "/bin/sh"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[0] }
    #expect(rows == ["caf\\xe9.jpg", "data/down/3.jpg"])
  }
  #endif

  private static let watcher = ["/usr/bin/inotifywait", "/usr/local/bin/inotifywait"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// This follows `predict --help` and the article, where inotifywait is installed.
  @Test(.enabled(if: watcher != nil)) func `A folder is watched, and what comes into it is named`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.folder("inbox")
    let line = "inotifywait -m -e close_write --format '%w%f' inbox | millrace predict runs/1 -"
    let help = try bench.run("predict", "--help").output.split { $0 == " " || $0 == "\n" }
    #expect(help.joined(separator: " ").contains(line))

    let words = line.split(separator: "|")[0].split(separator: " ").dropFirst()
    let (watch, predict) = (Process(), Process())
    let (paths, watching, answers) = (Pipe(), Pipe(), Pipe())
    watch.executableURL = URL(fileURLWithPath: try #require(Self.watcher))
    // Where nothing happens, this ends after some time, and so does the test.
    watch.arguments = words.map { $0.trimmingCharacters(in: ["'"]) } + ["--timeout", "30"]
    (watch.standardOutput, watch.standardError) = (paths, watching)
    predict.executableURL = Workbench.command
    predict.arguments = ["predict", "runs/1", "-"]
    (predict.standardInput, predict.standardOutput) = (paths, answers)
    for process in [watch, predict] {
      process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
      try process.run()
    }
    /// Reads until a text has come, or until the end.
    func read(until text: String, from pipe: Pipe) -> String {
      var all = ""
      while !all.contains(text) {
        let data = pipe.fileHandleForReading.availableData
        if data.isEmpty { break }
        all += String(decoding: data, as: UTF8.self)
      }
      return all
    }
    #expect(read(until: "established", from: watching).contains("established"))
    // The file is written in place: a file that is moved there is not closed there.
    try FileManager.default.copyItem(
      atPath: bench.path + "/data/ring/1.jpg", toPath: bench.path + "/inbox/new.jpg")
    #expect(read(until: "inbox/new.jpg", from: answers).contains("inbox/new.jpg"))
    watch.terminate()
    watch.waitUntilExit()
    predict.waitUntilExit()
    #expect(predict.terminationStatus == 0)
  }

  @Test func `An answer comes before the next question`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = ["predict", "runs/1", "-", "--csv"]
    process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let (questions, answers) = (Pipe(), Pipe())
    process.standardInput = questions
    process.standardOutput = answers
    try process.run()
    for path in ["data/ring/1.jpg", "data/down/3.jpg"] {
      try questions.fileHandleForWriting.write(contentsOf: Data((path + "\n").utf8))
      // Reads until the answer has come; without one this would wait for ever.
      var answer = ""
      while !answer.contains(path) {
        let data = answers.fileHandleForReading.availableData
        if data.isEmpty { break }
        answer += String(decoding: data, as: UTF8.self)
      }
      #expect(answer.contains(path))
    }
    try questions.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
