import MillracePipeline

/// The files of a run that could not be used, each once, in the order in which they were met: that of the minibatches,
/// so the same for any number of threads.
struct BadFileList {
  private(set) var all: [SkippedSample] = []
  private var paths: Set<String> = []

  /// Returns whether the file is new.
  mutating func add(_ skipped: SkippedSample) -> Bool {
    guard paths.insert(skipped.path).inserted else { return false }
    all.append(skipped)
    return true
  }
}

/// More files could not be used than `max-bad` allows.
public struct TooManyBadFiles: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder that is trained on.
  public let data: String
  /// Bad files so far.
  public let count: Int
  /// Images of the run, bad ones included.
  public let total: Int
  /// The setting.
  public let limit: BadFileLimit
  /// The list of them; nil where nothing is written.
  public let list: String?

  /// One line.
  public var description: String {
    "\(data): \(count) of \(total) images could not be used, the limit is \(limit.files(of: total)) (max-bad \(limit));"
      + (list.map { " they are listed in \($0);" } ?? "")
      + " 'millrace check' finds all there are: restore or remove them, or raise the limit with --max-bad"
  }
}
