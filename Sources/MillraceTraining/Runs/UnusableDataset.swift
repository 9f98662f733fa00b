/// A data set that cannot be trained on: too few of its images can be used.
public struct UnusableDataset: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder.
  public let data: String
  /// The reasons, at least one.
  public let problems: [String]
  /// The file that lists the files that cannot be used; nil where nothing is written.
  public let list: String?

  package init(data: String, problems: [String], list: String? = nil) {
    self.data = data
    self.problems = problems
    self.list = list
  }

  /// The error in one line.
  public var description: String {
    "\(data): cannot be trained on: \(problems.joined(separator: "; "))"
      + (list.map { "; bad files are listed in \($0)" } ?? "")
  }
}
