extension MeasuredImages {
  /// What a column of the table says of each image; empty where its line has nothing there.
  ///
  /// - Parameter column: The column's name.
  /// - Throws: ``DatasetError`` where the table has no such column; nil where no table says the classes.
  package func texts(ofColumn column: String) throws(DatasetError) -> [String]? {
    guard let table else { return nil }
    return try LabelledFiles(table.path, in: table.folder, keeping: column).values(of: dataset)
  }
}

extension LabelledFiles {
  /// The texts that were kept, in the order of a data set that the table has made.
  fileprivate func values(of dataset: Dataset) -> [String] {
    var values: [[UInt8]: String] = [:]
    for row in rows { values[path(of: row)] = row.value }
    return (0..<dataset.count).map { values[dataset.rawPath(of: $0)] ?? "" }
  }
}
