/// Aligned columns of text, fitted to a width.
///
/// Where a row does not fit, the columns that may shrink do so; where that is not enough, each row becomes a block
/// of its own with a line for each cell.
package struct TextTable {
  /// One column.
  package struct Column {
    /// The column's heading.
    package var title: String
    /// The side of the cells: left for text, right for numbers.
    package var alignment: Alignment
    /// The part of the cells that stays where room is short; nil: the column keeps its width.
    package var keeping: Part?

    /// A column of numbers.
    package static func number(_ title: String) -> Column {
      Column(title: title, alignment: .right, keeping: nil)
    }

    /// A column of text that may be cut.
    package static func text(_ title: String, keeping: Part = .start) -> Column {
      Column(title: title, alignment: .left, keeping: keeping)
    }
  }

  /// The side of a column on which its cells are.
  package enum Alignment: Sendable { case left, right }
  /// The part of a long cell that is shown.
  package enum Part: Sendable { case start, end }

  private static let gap = 2
  private static let narrowest = 8

  private let columns: [Column]
  private var rows: [[String]] = []

  /// An empty table.
  package init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row with a cell for each column. Control characters are spelled out.
  package mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row of \(columns.count) cells got \(cells.count)")
    rows.append(cells.map(\.printable))
  }

  /// The headings and the rows.
  ///
  /// - Parameter width: The number of columns; nil: as many as needed.
  package func lines(width: Int?) -> [String] {
    var widths = columns.indices.map { column in
      rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].displayWidth) }
    }
    var excess = widths.reduce(Self.gap * (columns.count - 1), +) - (width ?? .max)
    // The widest column shrinks first, by one character at a time.
    while excess > 0 {
      let shrinkable = columns.indices.filter {
        columns[$0].keeping != nil && widths[$0] > max(Self.narrowest, columns[$0].title.displayWidth)
      }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    if excess > 0 { return blocks(width: width) }
    return ([columns.map(\.title)] + rows).map { line($0, widths: widths) }
  }

  /// The lines as one text, each with its end.
  package func text(width: Int?) -> String {
    lines(width: width).map { $0 + "\n" }.joined()
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    let padded = columns.indices.map { column in
      cut(cells[column], columns[column], to: widths[column])
        .padded(to: widths[column], left: columns[column].alignment == .left)
    }
    var line = padded.joined(separator: String(repeating: " ", count: Self.gap))
    while line.last == " " { line.removeLast() }
    return line
  }

  private func cut(_ cell: String, _ column: Column, to width: Int) -> String {
    column.keeping == .end ? cell.keepingEnd(columns: width) : cell.keepingStart(columns: width)
  }

  private func blocks(width: Int?) -> [String] {
    let titles = columns.map(\.title.displayWidth).max() ?? 0
    return rows.flatMap { row in
      columns.indices.map { column in
        let title = columns[column].title.padded(to: titles, left: true)
        let indent = column == 0 ? "" : "  "
        let room = (width ?? .max) - titles - Self.gap - indent.count
        return "\(indent)\(title)  \(cut(row[column], columns[column], to: max(1, room)))"
      }
    }
  }
}
