import Foundation

/// A table that says the class of each image, and perhaps for which part of the data set it is.
///
/// It is text in UTF-8, by the end of its name:
///
/// - `.csv` and `.tsv`: a line of column names, then a line for each image, see ``DelimitedText``.
/// - `.jsonl`: an object for each image, on a line of its own.
///
/// The columns are `path`, or else `file`; `label`, or else `class`; and, where they are wanted, `split` with `train`, `val`
/// or `test`, and `group` with a name for images that belong together. Others are left alone.
struct LabelTable {
  /// An image.
  struct Row {
    /// The path as it is written.
    let path: String
    let label: String
    /// Nil where the table has no such column.
    let role: FolderRole?
    /// What it has in common with the images that it belongs to; nil where it stands alone.
    let group: String?
    let line: Int
  }

  /// The images, in the table's order.
  let rows: [Row]
  /// Whether the table says which images belong together.
  let hasGroups: Bool

  private static let pathNames = ["path", "file"]
  private static let labelNames = ["label", "class"]
  private static let splitName = "split"
  private static let groupName = "group"

  /// The ends of the names of such tables.
  static let suffixes = [".csv", ".tsv", ".jsonl"]

  /// Whether a path leads to a file that is named like a table.
  static func isTable(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return isNamedLikeATable(path) && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// Whether a path is named like a table.
  static func isNamedLikeATable(_ path: String) -> Bool {
    suffixes.contains { path.lowercased().hasSuffix($0) }
  }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - bytes: Its contents.
  ///   - path: Its name, for the form.
  init(_ bytes: [UInt8], path: String) throws(LabelTableFault) {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let line = Self.firstLineThatIsNoText(bytes) {
      throw LabelTableFault(line: line, problem: "is not UTF-8; save the table as UTF-8")
    }
    let name = path.lowercased()
    if name.hasSuffix(".jsonl") {
      (rows, hasGroups) = try Self.rows(ofObjects: bytes)
    } else if Self.isNamedLikeATable(name) {
      (rows, hasGroups) = try Self.rows(
        of: DelimitedText(bytes, separator: UInt8(ascii: name.hasSuffix(".tsv") ? "\t" : ",")))
    } else {
      throw LabelTableFault(problem: "is no table of labels by its name; call it .csv, .tsv or .jsonl")
    }
    if rows.isEmpty {
      throw LabelTableFault(problem: "has no images; write a line for each, with path and label")
    }
    var lines: [ExactText: Int] = [:]
    for row in rows {
      if let first = lines.updateValue(row.line, forKey: ExactText(row.path)) {
        throw LabelTableFault(
          line: row.line, column: "path",
          problem: "'\(row.path)' stands in line \(first), too; keep one of them")
      }
    }
  }

  private static func firstLineThatIsNoText(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 } ?? 1
  }

  // MARK: Columns

  private static func rows(of text: DelimitedText) throws(LabelTableFault) -> (rows: [Row], hasGroups: Bool) {
    var text = text
    guard let heading = try text.row()?.map(\.text) else { return ([], false) }
    func place(_ names: [String]) throws(LabelTableFault) -> Int? {
      guard let name = names.first(where: heading.contains) else { return nil }
      if heading.count(where: { $0 == name }) > 1 {
        throw LabelTableFault(
          line: 1, column: name, problem: "stands there twice; give one of them another name")
      }
      return heading.firstIndex(of: name)
    }
    func needed(_ names: [String]) throws(LabelTableFault) -> Int {
      guard let place = try place(names) else {
        let known = heading.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        throw LabelTableFault(
          line: 1, problem: "has no column '\(names[0])' among \(known); name the columns path and label")
      }
      return place
    }
    let (path, label) = (try needed(pathNames), try needed(labelNames))
    let (split, group) = (try place([splitName]), try place([groupName]))
    var rows: [Row] = []
    func next() throws(LabelTableFault) -> [DelimitedText.Value]? {
      do throws(LabelTableFault) {
        return try text.row()
      } catch {
        var fault = error
        if let number = error.column.flatMap({ Int($0) }), number <= heading.count {
          fault.column = heading[number - 1]
        }
        throw fault
      }
    }
    while let values = try next() {
      let line = values[0].line
      guard values.count == heading.count else {
        throw LabelTableFault(
          line: line,
          problem: "has \(values.count) values where the first line names \(heading.count) columns")
      }
      rows.append(
        try row(
          values[path].text, values[label].text, split: split.map { values[$0].text },
          group: group.map { values[$0].text }, line: line))
    }
    return (rows, group != nil)
  }

  private static func rows(
    ofObjects bytes: [UInt8]
  ) throws(LabelTableFault) -> (rows: [Row], hasGroups: Bool) {
    var rows: [Row] = []
    var hasGroups = false
    for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ [9, 13, 32].contains($0) }) { continue }
      guard let object = try? JSONDecoder().decode([String: Scalar].self, from: Data(line)) else {
        throw LabelTableFault(
          line: number + 1,
          problem: #"is no object of texts and numbers, such as {"path": "a.jpg", "label": "cat"}"#)
      }
      func value(_ names: [String]) throws(LabelTableFault) -> String {
        guard let text = names.lazy.compactMap({ object[$0]?.text }).first else {
          throw LabelTableFault(line: number + 1, column: names[0], problem: "is missing")
        }
        return text
      }
      rows.append(
        try row(
          try value(pathNames), try value(labelNames), split: object[splitName]?.text,
          group: object[groupName]?.text, line: number + 1))
      hasGroups = hasGroups || object[groupName] != nil
    }
    let withoutSplit = rows.first { $0.role == nil }
    if let withoutSplit, rows.contains(where: { $0.role != nil }) {
      throw LabelTableFault(
        line: withoutSplit.line, column: splitName, problem: "is missing, and other lines have it")
    }
    return (rows, hasGroups)
  }

  private static func row(
    _ path: String, _ label: String, split: String?, group: String?, line: Int
  ) throws(LabelTableFault) -> Row {
    for (name, text) in [("path", path), ("label", label)] where text.isEmpty || text.utf8.contains(0) {
      throw LabelTableFault(
        line: line, column: name, problem: text.isEmpty ? "is empty" : "holds a zero byte, which no name has")
    }
    var role: FolderRole?
    if let split {
      role = FolderRole(name: split)
      if role == nil || role == .unclear {
        throw LabelTableFault(
          line: line, column: splitName,
          problem: "'\(split)' is no part of a data set; write train, val or test")
      }
    }
    let name = group.flatMap { $0.isEmpty ? nil : $0 }
    return Row(path: Self.plain(path), label: label, role: role, group: name, line: line)
  }

  /// A path without parts that lead nowhere: `./cat//1.png` is `cat/1.png`.
  private static func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// A JSON value that is a text or a number, as a text; of any other no text.
  private struct Scalar: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = nil
      }
    }
  }
}
