/// A data set that cannot be trained on: what is usable of it is not enough.
public struct UnusableDataset: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder.
  public let data: String
  /// Why, at least once.
  public let problems: [String]
  /// The list of the files that cannot be used; nil where nothing is written.
  public let list: String?

  init(data: String, problems: [String], list: String? = nil) {
    self.data = data
    self.problems = problems
    self.list = list
  }

  /// One line.
  public var description: String {
    "\(data): cannot be trained on: \(problems.joined(separator: "; "))"
      + (list.map { "; bad files are listed in \($0)" } ?? "")
  }
}
