/// The distance between the rows of a matrix in memory.
package enum RowStride {
  /// The stride at which rows are quickly read side by side: their length, but a little more for some powers
  /// of two.
  ///
  /// A matrix product reads many rows at once. Where these are a multiple of 2048 bytes apart, all of them
  /// fall into one or two sets of the first cache, which holds eight lines in each set, and evict each other
  /// before they are used up.
  ///
  /// - Parameter columns: The length of a row.
  package static func of(columns: Int) -> Int { columns.isMultiple(of: 512) ? columns + 16 : columns }
}
