import MillraceModels
import MillracePipeline

/// Ends a run where too many files are bad, or where too few are left without them.
package struct BadFileRule {
  /// The path of the images, as people read it.
  package let data: String
  let limit: BadFileLimit
  /// The number of images of the run.
  package let total: Int
  /// The file that lists bad files; nil where there is none.
  let list: String?
  /// The images that are left.
  package let remaining: RemainingImages

  /// Checks that the run can go on without a file.
  ///
  /// - Parameters:
  ///   - bad: The file that cannot be used.
  ///   - count: The number of bad files by now.
  /// - Throws: ``TooManyBadFiles``, or ``UnusableDataset``.
  func check(_ bad: SkippedSample, count: Int) throws {
    if count > limit.files(of: total) {
      throw TooManyBadFiles(data: data, count: count, total: total, limit: limit, list: list)
    }
    let problems = remaining.lose(bad)
    if !problems.isEmpty { throw UnusableDataset(data: data, problems: problems, list: list) }
  }
}
