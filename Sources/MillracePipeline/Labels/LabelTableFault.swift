/// What is wrong in a table of labels, and where.
public struct LabelTableFault: Error, Sendable, Hashable {
  /// The line, from 1; nil where it is not of one.
  public var line: Int?
  /// The column by its name, or by its number from 1; nil where it is not of one.
  public var column: String?
  /// What is wrong, and what to do.
  public var problem: String

  /// Names a fault.
  public init(line: Int? = nil, column: String? = nil, problem: String) {
    self.line = line
    self.column = column
    self.problem = problem
  }
}

extension LabelTableFault: CustomStringConvertible {
  /// The place, as far as there is one, and the problem: `7, column 'split': …`.
  public var description: String {
    let place = [line.map { "line \($0)" }, column.map { "column '\($0)'" }].compactMap { $0 }
    return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + problem
  }
}
