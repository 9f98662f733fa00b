public import MillraceModels

/// More files could not be used than `max-bad` allows.
public struct TooManyBadFiles: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder of training images.
  public let data: String
  /// The number of bad files so far.
  public let count: Int
  /// The number of images of the run, including the bad ones.
  public let total: Int
  /// The setting.
  public let limit: BadFileLimit
  /// The file that lists the bad files; nil where nothing is written.
  public let list: String?

  /// The error in one line.
  public var description: String {
    "\(data): \(count) of \(total) images could not be used, the limit is \(limit.files(of: total)) (max-bad \(limit));"
      + (list.map { " they are listed in \($0);" } ?? "")
      + " 'millrace check' finds all there are: restore or remove them, or raise the limit with --max-bad"
  }
}
