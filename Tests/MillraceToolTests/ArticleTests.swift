import Foundation
import Testing

/// The articles that describe the command, compared with the command.
struct ArticleTests {
  private static let reference = ["Settings", "Commands"]
  private static let articles = reference + ["Data", "Augmentation", "Runs", "OtherPrograms"]

  private func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    return try String(contentsOf: root.appendingPathComponent(path).standardizedFileURL, encoding: .utf8)
  }

  private func article(_ name: String) throws -> String {
    try text("Sources/Millrace/Millrace.docc/\(name).md")
  }

  /// The long flags that any command shows.
  private func knownFlags() throws -> Set<String> {
    var names: Set<String> = []
    func collect(_ command: Any?) {
      guard let command = command as? [String: Any] else { return }
      for argument in command["arguments"] as? [[String: Any]] ?? []
      where argument["shouldDisplay"] as? Bool == true {
        for name in argument["names"] as? [[String: String]] ?? [] where name["kind"] == "long" {
          names.insert(name["name"] ?? "")
        }
      }
      for subcommand in command["subcommands"] as? [Any] ?? [] { collect(subcommand) }
    }
    let dump = try Workbench().run("--experimental-dump-help").output
    let description = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
    collect(description?["command"])
    return names
  }

  @Test func `Every flag stands in the reference`() throws {
    let reference = try Self.reference.map(article).joined()
    let told = Set(reference.matches(of: #/--([a-z][a-z0-9-]*)/#).map { String($0.1) })
    let flags = try knownFlags()
    #expect(flags.count > 100 && flags.subtracting(told).subtracting(["help"]).isEmpty)
  }

  @Test(arguments: articles) func `Every flag that an article names is known`(name: String) throws {
    let text = try article(name)
    var told = text.matches(of: #/`--([a-z][a-z0-9-]*)/#).map { String($0.1) }
    for command in text.matches(of: #/millrace [a-z][^`|\n]*/#) {
      told += command.0.matches(of: #/--([a-z][a-z0-9-]*)/#).map { String($0.1) }
    }
    let known = try knownFlags()
    #expect(!told.isEmpty && Set(told).subtracting(known).isEmpty)
  }

  @Test func `The README is short, and its results are those of the benchmarks`() throws {
    let readme = try text("README.md")
    #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    let benchmarks = try text("Benchmarks.md")
    let marks = ("<!-- Scripts/results writes from here -->", "<!-- to here -->")
    for (text, other) in [(readme, benchmarks), (benchmarks, readme)] {
      let rest = try #require(text.range(of: marks.0)).upperBound
      let table = try #require(text[rest...].components(separatedBy: marks.1).first)
      #expect(other.contains(table))
    }
  }
}
