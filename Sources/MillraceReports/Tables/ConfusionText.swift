public import MillraceModels

/// A confusion matrix as text: the whole matrix where it fits, otherwise the pairs that were confused most often.
public struct ConfusionText {
  /// With more classes than this, nobody reads the matrix any more, however much room there is.
  private static let mostClasses = 40
  /// The number of pairs that are named.
  private static let pairsNamed = 10

  private let classes: [String]
  private let matrix: ConfusionMatrix

  /// Takes a matrix.
  ///
  /// - Parameters:
  ///   - classes: The names, in order.
  ///   - matrix: Which classes were taken for which.
  public init(classes: [String], matrix: ConfusionMatrix) {
    self.classes = classes.toldApart.map(\.printable)
    self.matrix = matrix
  }

  /// The matrix or the pairs, under a heading.
  ///
  /// - Parameter width: The number of columns; nil: as many as needed.
  public func lines(width: Int?) -> [String] {
    table(width: width) ?? pairs(width: width)
  }

  /// Columns are headed by their class's number where the names would not fit; then rows carry both.
  private func table(width: Int?) -> [String]? {
    guard classes.count <= Self.mostClasses else { return nil }
    let cell = matrix.cells.reduce(1) { max($0, String($1.count).count) }
    let longest = classes.map(\.displayWidth).max() ?? 0
    for usesNames in [true, false] {
      let numbers = classes.indices.map { String($0) }
      let heads = usesNames ? classes : numbers
      let column = max(cell, heads.map(\.displayWidth).max() ?? 0)
      let digits = numbers.last?.count ?? 1
      let room = (width ?? .max) - (usesNames ? 0 : digits + 1) - (column + 1) * classes.count
      // A name may be cut where rows have numbers, but must remain a name.
      guard room >= (usesNames ? longest : min(longest, 6)), !usesNames || column <= 12 else { continue }
      let names = classes.map { $0.keepingStart(columns: max(1, min(longest, room))) }
      let left = names.map(\.displayWidth).max() ?? 0
      func line(_ number: String, _ name: String, _ cells: [String]) -> String {
        (usesNames ? "" : number.padded(to: digits, left: false) + " ") + name.padded(to: left, left: true)
          + cells.map { " " + $0.padded(to: column, left: false) }.joined()
      }
      return ["confusion: rows true, columns predicted", line("", "", heads)]
        + classes.indices.map { row in
          let counts = classes.indices.map { matrix[actual: row, predicted: $0] }
          return line(numbers[row], names[row], counts.map { $0 == 0 ? "." : String($0) })
        }
    }
    return nil
  }

  private func pairs(width: Int?) -> [String] {
    var pairs = matrix.cells.filter { $0.actual != $0.predicted }
    guard !pairs.isEmpty else { return ["no image was taken for another class"] }
    pairs.sort { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    var table = TextTable([.number("images"), .text("of class"), .text("taken for")])
    for pair in pairs.prefix(Self.pairsNamed) {
      table.add([Figures.count(pair.count), classes[pair.actual], classes[pair.predicted]])
    }
    return ["most often confused (the whole matrix: --json)"] + table.lines(width: width)
  }
}
