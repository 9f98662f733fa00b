import Foundation
import Testing

/// The walk through `Tutorial.md`, typed as it stands there.
struct TutorialTests {
  /// A part of the article: text, or commands with what they answered.
  private enum Part {
    case text(String)
    case console([(command: String, answer: [String])])
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL
  private static let article = root.appendingPathComponent("Sources/Millrace/Millrace.docc/Tutorial.md")

  private func parts(of article: String) -> [Part] {
    var parts: [Part] = []
    for (index, piece) in article.components(separatedBy: "```").enumerated() {
      guard index % 2 == 1 else {
        parts.append(.text(piece))
        continue
      }
      var exchanges: [(command: String, answer: [String])] = []
      for line in piece.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast() {
        if line.hasPrefix("$ ") {
          exchanges.append((String(line.dropFirst(2)), []))
        } else if !exchanges.isEmpty {
          exchanges[exchanges.count - 1].answer.append(String(line))
        }
      }
      parts.append(.console(exchanges))
    }
    return parts
  }

  /// What is the same on every machine: figures differ with the kernels, and columns with the figures.
  private func lasting(_ lines: [String]) -> [String] {
    lines.map { line in
      // A build without libwebp names one format less.
      line.replacing("PNG, WebP or BMP", with: "PNG or BMP").replacing(#/[0-9][0-9.,]*/#, with: "#")
        .replacing(#/ +/#, with: " ")
    }
  }

  /// The folders of the first section.
  private func prepare(_ bench: Workbench) throws {
    let samples = Self.root.appendingPathComponent("sample-data")
    func copy(_ from: String, _ to: String) throws {
      try FileManager.default.copyItem(
        at: samples.appendingPathComponent(from), to: URL(fileURLWithPath: bench.path + "/" + to))
    }
    try copy("train", "shop")
    try copy("val", "later")
    try bench.file("shop/arrow/notes.txt", "to do\n")
    try bench.file("shop/arrow/empty.jpg", [])
    try bench.file("shop/crescent/half.png", Array(try bench.bytes("shop/crescent/01.jpg").prefix(700)))
    try bench.file("shop/crescent/copy.png", try bench.bytes("shop/arrow/01.png"))
    try bench.folder("inbox")
    try copy("val/ring/02.jpg", "inbox/0001.jpg")
    try copy("val/spiral/02.png", "inbox/0002.png")
  }

  @Test func `Every command of the walk answers as the article says`() throws {
    let bench = try Workbench()
    try prepare(bench)
    let text = try String(contentsOf: Self.article, encoding: .utf8)
    let folder = Workbench.command.deletingLastPathComponent().path
    let path = folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    var recorded: [String] = []
    var count = 0
    for part in parts(of: text) {
      switch part {
      case .text(let text): recorded.append(text)
      case .console(let exchanges):
        var lines = ["console"]
        for (command, answer) in exchanges {
          let outcome = try bench.run(
            ["-c", command], of: URL(fileURLWithPath: "/bin/bash"),
            environment: ["PATH": path])
          #expect(outcome.status == 0, "\(command): \(outcome.errors)")
          let told = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .dropLast()
          lines += ["$ " + command] + told
          count += 1
          if !Self.isRecording { #expect(lasting(Array(told)) == lasting(answer), "\(command)") }
        }
        recorded.append((lines + [""]).joined(separator: "\n"))
      }
    }
    #expect(count >= 10)
    if Self.isRecording {
      try recorded.joined(separator: "```").write(to: Self.article, atomically: true, encoding: .utf8)
    }
  }

  /// Whether the article is to be written anew.
  private static let isRecording = ProcessInfo.processInfo.environment["MILLRACE_RECORD_GOLDENS"] != nil
}
