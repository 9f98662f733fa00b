/// A borrowed matrix of Floats, row-major and without padding between its rows.
///
/// It owns nothing: whoever allocated `base` says how long it lives.
public struct Matrix {
  /// The first element.
  public let base: UnsafeMutablePointer<Float>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int

  /// Views `rows * columns` Floats at `base`.
  public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  /// The number of elements.
  public var count: Int { rows * columns }

  /// The first element of a row.
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * columns }
}
