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
