/// What is known of files beside their names and classes, by file of a ``DatasetStorage``.
struct FileMarks: Sendable {
  /// What a file has in common with the files that it belongs to; 0 for one that stands alone. Nil where nothing is known of
  /// the kind.
  var groups: [UInt64]?
  /// How much a file counts in training, above 0. Nil where each counts 1.
  var weights: [Float]?

  /// Nothing is known.
  static let none = FileMarks()
}

extension Dataset {
  /// Whether images count differently in training.
  public var isWeighted: Bool { marks.weights != nil }

  /// The factor on a sample's loss in training, and so on its gradient: 1 unless a table of labels says otherwise.
  @inline(__always)
  public func weight(of sample: Int) -> Float { marks.weights?[file(of: sample)] ?? 1 }

  /// The marks of this data set's samples, then those of another's, as of files in that order.
  func joinedMarks(with other: Dataset) -> FileMarks {
    func each<Mark>(_ mark: (Dataset, Int) -> Mark) -> [Mark] {
      [self, other].flatMap { part in (0..<part.count).map { mark(part, $0) } }
    }
    return FileMarks(
      groups: isGrouped || other.isGrouped ? each { $0.group(of: $1) ?? 0 } : nil,
      weights: isWeighted || other.isWeighted ? each { $0.weight(of: $1) } : nil)
  }
}
