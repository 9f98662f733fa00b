import MillracePipeline

/// Ends a run where too many files are bad, or where too little is left without them.
struct BadFileRule {
  /// The path of the images, for people.
  let data: String
  let limit: BadFileLimit
  /// The images of the run.
  let total: Int
  /// Where bad files are listed; nil: nowhere.
  let list: String?
  /// What is left of the images.
  let remaining: RemainingImages

  /// Takes a file that cannot be used.
  ///
  /// - Parameters:
  ///   - bad: The file.
  ///   - count: How many there are by now.
  /// - Throws: ``TooManyBadFiles``, or ``UnusableDataset``.
  func check(_ bad: SkippedSample, count: Int) throws {
    if count > limit.files(of: total) {
      throw TooManyBadFiles(data: data, count: count, total: total, limit: limit, list: list)
    }
    let problems = remaining.lose(bad)
    if !problems.isEmpty { throw UnusableDataset(data: data, problems: problems, list: list) }
  }
}
