extension Dataset {
  /// The same samples with the labels of a given list of classes, such as a model's.
  ///
  /// - Parameter expected: The class names, by label.
  /// - Throws: ``DatasetError/classesDiffer(path:missing:unknown:)`` unless the class folders are exactly
  ///   these.
  public func labelled(by expected: [String]) throws(DatasetError) -> Dataset {
    // Strings that look alike may be different folders, so bytes are compared, not text.
    let labelOfName = Dictionary(
      expected.enumerated().map { (Array($1.utf8), Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let found = Set(classes.map { Array($0.utf8) })
    let missing = expected.filter { !found.contains(Array($0.utf8)) }
    let unknown = classes.filter { labelOfName[Array($0.utf8)] == nil }
    guard missing.isEmpty, unknown.isEmpty else {
      throw .classesDiffer(path: root, missing: missing, unknown: unknown)
    }
    let labelOfClass = classes.map { labelOfName[Array($0.utf8)] ?? -1 }
    return Dataset(
      classes: expected, storage: storage, labels: labels.map { labelOfClass[Int($0)] }, selection: selection)
  }
}
