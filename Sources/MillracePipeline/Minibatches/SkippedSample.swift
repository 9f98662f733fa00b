/// A sample that could not be loaded, with the reason: what a `RowLoader` throws.
public struct BadSample: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path of the sample's file, as people read it.
  public let path: String
  /// What is wrong with the file and what to do, in one line without the path.
  public let reason: String

  /// Makes the error.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The error in one line.
  public var description: String { "\(path): \(reason)" }
}

/// A bad sample that was left out of its minibatch.
public struct SkippedSample: Sendable, Hashable, Codable {
  /// The sample's index in its data set.
  public let sample: Int
  /// The path of the sample's file, as people read it.
  public let path: String
  /// What is wrong with the file and what to do, in one line without the path.
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
  /// The sample is left out of its minibatch and recorded there. It is never replaced by another.
  case skip
  /// The run ends with the sample's error.
  case fail
}
