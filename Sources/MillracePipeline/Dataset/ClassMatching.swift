extension Dataset {
  /// The same samples with the labels of a given list of classes, such as a model's.
  ///
  /// - Parameters:
  ///   - expected: The class names, by label.
  ///   - allowsMissing: Whether some of the classes may have no folder, or none with an image.
  /// - Throws: ``DatasetError/classesDiffer(path:missing:unknown:)`` where a class folder is not among the classes,
  ///   or one is missing.
  public func labelled(by expected: [String], allowsMissing: Bool = false) throws(DatasetError) -> Dataset {
    let (found, known) = (Set(classes.map(ExactText.init)), Set(expected.map(ExactText.init)))
    let missing = expected.filter { !found.contains(ExactText($0)) }
    let unknown = classes.filter { !known.contains(ExactText($0)) }
    guard missing.isEmpty || allowsMissing, unknown.isEmpty else {
      throw .classesDiffer(path: root, missing: missing, unknown: unknown)
    }
    return relabelled(by: expected)
  }

  /// The samples whose class is among some classes, with the labels of these classes.
  func known(among expected: [String]) -> Dataset {
    let relabelled = relabelled(by: expected)
    return relabelled.subset((0..<count).lazy.filter { relabelled.label(of: $0) >= 0 })
  }

  /// The same samples with other labels; −1 for a class that is not among the expected ones.
  private func relabelled(by expected: [String]) -> Dataset {
    let labelOfName = Dictionary(
      expected.enumerated().map { (ExactText($1), Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let labelOfClass = classes.map { labelOfName[ExactText($0)] ?? -1 }
    return Dataset(
      classes: expected, storage: storage, labels: labels.map { labelOfClass[Int($0)] }, selection: selection,
      marks: marks)
  }
}
