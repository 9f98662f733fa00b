import Foundation

/// A table that says the class of each image, and perhaps for which part of the data set it is.
///
/// It is text in UTF-8, by the end of its name:
///
/// - `.csv` and `.tsv`: a line of column names, then a line for each image, see ``DelimitedText``.
/// - `.jsonl`: an object for each image, on a line of its own.
///
/// The columns are `path`, or else `file`; `label`, or else `class`; and, where they are wanted, `split` with `train`, `val`
/// or `test`, `group` with a name for images that belong together, and `weight` with the factor of each image's loss in
/// training, a number above 0. Others are left alone.
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
    /// How much it counts in training; nil where the table has no such column.
    let weight: Float?
    /// The text in the column that was asked for, empty where there is none in the line; nil: none was asked for.
    let value: String?
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
  private static let weightName = "weight"

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
  ///   - column: A column whose texts are wanted, see ``Row/value``.
  init(_ bytes: [UInt8], path: String, keeping column: String? = nil) throws(LabelTableFault) {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let line = Self.firstLineThatIsNoText(bytes) {
      throw LabelTableFault(line: line, problem: "is not UTF-8; save the table as UTF-8")
    }
    let name = path.lowercased()
    if name.hasSuffix(".jsonl") {
      (rows, hasGroups) = try Self.rows(ofObjects: bytes, keeping: column)
    } else if Self.isNamedLikeATable(name) {
      (rows, hasGroups) = try Self.rows(
        of: DelimitedText(bytes, separator: UInt8(ascii: name.hasSuffix(".tsv") ? "\t" : ",")),
        keeping: column)
    } else {
      throw LabelTableFault(
        problem: "does not have the name of a table of labels; call it .csv, .tsv or .jsonl")
    }
    if rows.isEmpty {
      throw LabelTableFault(problem: "has no images; write a line for each, with path and label")
    }
    var lines: [ExactText: Int] = [:]
    for row in rows {
      if let first = lines.updateValue(row.line, forKey: ExactText(row.path)) {
        throw LabelTableFault(
          line: row.line, column: "path",
          problem: "'\(row.path)' is also in line \(first); keep one of them")
      }
    }
  }

  private static func firstLineThatIsNoText(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 } ?? 1
  }

  // MARK: Columns

  private static func rows(
    of text: DelimitedText, keeping column: String?
  ) throws(LabelTableFault) -> (rows: [Row], hasGroups: Bool) {
    var text = text
    guard let heading = try text.row()?.map(\.text) else { return ([], false) }
    func place(_ names: [String]) throws(LabelTableFault) -> Int? {
      guard let name = names.first(where: heading.contains) else { return nil }
      if heading.count(where: { $0 == name }) > 1 {
        throw LabelTableFault(
          line: 1, column: name, problem: "occurs twice; give one of them another name")
      }
      return heading.firstIndex(of: name)
    }
    func needed(_ names: [String], _ cure: String) throws(LabelTableFault) -> Int {
      guard let place = try place(names) else {
        let known = heading.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        throw LabelTableFault(line: 1, problem: "has no column '\(names[0])' among \(known); \(cure)")
      }
      return place
    }
    let cure = "name the columns path and label"
    let (path, label) = (try needed(pathNames, cure), try needed(labelNames, cure))
    let (split, group, weight) = (try place([splitName]), try place([groupName]), try place([weightName]))
    var kept: Int?
    if let column { kept = try needed([column], "name one of these") }
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
          group: group.map { values[$0].text }, weight: weight.map { values[$0].text },
          value: kept.map { values[$0].text }, line: line))
    }
    return (rows, group != nil)
  }

  private static func rows(
    ofObjects bytes: [UInt8], keeping column: String?
  ) throws(LabelTableFault) -> (rows: [Row], hasGroups: Bool) {
    var rows: [Row] = []
    var hasGroups = false
    for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ [9, 13, 32].contains($0) }) { continue }
      guard let object = try? JSONDecoder().decode([String: Scalar].self, from: Data(line)) else {
        throw LabelTableFault(
          line: number + 1,
          problem: #"is not an object of texts and numbers, such as {"path": "a.jpg", "label": "cat"}"#)
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
          group: object[groupName]?.text, weight: object[weightName]?.valueText,
          value: column.map { object[$0]?.valueText ?? "" }, line: number + 1))
      hasGroups = hasGroups || object[groupName] != nil
    }
    try requireInAll(rows, splitName) { $0.role != nil }
    try requireInAll(rows, weightName) { $0.weight != nil }
    if let column, let first = rows.first, rows.allSatisfy({ $0.value?.isEmpty ?? true }) {
      throw LabelTableFault(
        line: first.line, column: column, problem: "is missing here and in every other line")
    }
    return (rows, hasGroups)
  }

  /// Checks that what some lines say is said in all.
  private static func requireInAll(
    _ rows: [Row], _ column: String, _ isSaid: (Row) -> Bool
  ) throws(LabelTableFault) {
    guard rows.contains(where: isSaid), let row = rows.first(where: { !isSaid($0) }) else { return }
    throw LabelTableFault(line: row.line, column: column, problem: "is missing, and other lines have it")
  }

  private static func row(
    _ path: String, _ label: String, split: String?, group: String?, weight: String?, value: String?,
    line: Int
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
          problem: "'\(split)' is not a part of a data set; write train, val or test")
      }
    }
    var factor: Float?
    if let weight {
      factor = Float(weight)
      guard let factor, factor > 0, factor.isFinite else {
        throw LabelTableFault(
          line: line, column: weightName,
          problem:
            "'\(weight)' is not a weight; write a number above 0, such as 1 for an image like any other")
      }
    }
    let name = group.flatMap { $0.isEmpty ? nil : $0 }
    return Row(
      path: Self.plain(path), label: label, role: role, group: name, weight: factor, value: value, line: line)
  }

  /// A path without parts that lead nowhere: `./cat//1.png` is `cat/1.png`.
  private static func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// A JSON value that is a text or a number, as a text; of any other no text.
  private struct Scalar: Decodable {
    /// Of a number only where it is whole: no name is a fraction.
    let text: String?
    /// The same, and of any number.
    let valueText: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = nil
      }
      valueText = text ?? (try? container.decode(Double.self)).map { String($0) }
    }
  }
}
