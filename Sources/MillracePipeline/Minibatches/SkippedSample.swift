/// A sample that could not be loaded and why: what a ``RowLoader`` throws.
public struct BadSample: Error, Sendable, Hashable, CustomStringConvertible {
  /// Its file, for people.
  public let path: String
  /// What is wrong with it and what to do, in one line without the path.
  public let reason: String

  /// Makes the error.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One line.
  public var description: String { "\(path): \(reason)" }
}

/// A bad sample that was left out of its minibatch.
public struct SkippedSample: Sendable, Hashable, Codable {
  /// Which sample of its data set.
  public let sample: Int
  /// Its file, for people.
  public let path: String
  /// What is wrong with it and what to do, in one line without the path.
  public let reason: String

  /// Makes the record.
  public init(sample: Int, path: String, reason: String) {
    self.sample = sample
    self.path = path
    self.reason = reason
  }
}

/// What happens when a sample cannot be loaded.
public enum BadSamplePolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is left out of its minibatch and recorded there. It is never replaced by another.
  case skip
  /// The run ends with its error.
  case fail
}
