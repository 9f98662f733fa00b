/// A borrowed matrix of Floats, row-major.
///
/// It owns nothing: whoever allocated `base` says how long it lives.
public struct Matrix {
  /// The first element.
  public let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements from the start of one row to the start of the next: at least the columns.
  public let stride: Int

  /// Views rows at `base`.
  ///
  /// - Parameters:
  ///   - base: The first element.
  ///   - rows: The number of rows.
  ///   - columns: The number of columns.
  ///   - stride: The elements from one row to the next; nil: the rows follow each other without padding.
  public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
    precondition(self.stride >= columns, "rows of \(columns) elements cannot be \(self.stride) apart")
  }

  /// The first element of a row.
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }

  /// Some neighbouring columns.
  public func slice(columns range: Range<Int>) -> Matrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns,
      "a matrix of \(columns) columns does not have \(range)")
    return Matrix(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }
}
