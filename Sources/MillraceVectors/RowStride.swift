/// How far apart the rows of a matrix lie.
public enum RowStride {
  /// The stride at which rows are quickly read side by side: their length, but for some powers of two a little more.
  ///
  /// A matrix product reads many rows at once. Where these are a multiple of 2048 bytes apart, all fall into one or two sets
  /// of the first cache, which holds eight lines a set, and drive each other out before they are used up.
  ///
  /// - Parameter columns: The length of a row.
  public static func of(columns: Int) -> Int { columns.isMultiple(of: 512) ? columns + 16 : columns }
}
