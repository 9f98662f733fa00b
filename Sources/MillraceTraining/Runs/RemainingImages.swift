import MillracePipeline

/// Counts the images that are left of each class while a run meets files that it cannot use.
package final class RemainingImages {
  private let training: Dataset
  private let validation: Dataset?
  private var usable: UsableImages
  /// The training samples that count as lost.
  private var lost: Set<Int> = []
  /// The classes of which people were told that nothing validates them.
  private var told: [Int] = []

  /// - Parameter before: What the run that is resumed could not use, numbered as ``lose(_:)`` says.
  init(training: Dataset, validation: Dataset?, lostBefore before: [SkippedSample]) {
    self.training = training
    self.validation = validation
    usable = UsableImages(training: training, validation: validation)
    told = usable.unvalidated
    let whole = usable
    for skipped in before { count(skipped.sample) }
    // A class that ended the run may have been restored since. If it was not, its files are met again.
    for label in usable.training.indices where usable.training[label] == 0 {
      usable.training[label] = whole.training[label]
      lost = lost.filter { training.label(of: $0) != label }
    }
  }

  /// A notice about the images, for people to read before the first file is read.
  package var notice: String? { usable.notice }

  /// Counts a sample that cannot be used; it may be met more than once.
  ///
  /// - Parameter skipped: The sample, numbered from 0 through the training samples, then the validation
  ///   samples.
  /// - Returns: Why the run ends; empty where it goes on.
  func lose(_ skipped: SkippedSample) -> [String] {
    guard count(skipped.sample) else { return [] }
    return usable.problems
  }

  /// Takes the files that a whole validation could not use.
  ///
  /// - Returns: Why the run ends, and a notice that people were not given before.
  func validated(without skipped: [SkippedSample]) -> (problems: [String], notice: String?) {
    guard let validation else { return ([], nil) }
    var seen = usable
    var counts = validation.countPerClass
    for sample in Set(skipped.map { $0.sample - training.count }) {
      counts[validation.label(of: sample)] -= 1
    }
    seen.validation = counts
    defer { told = seen.unvalidated }
    return (seen.problems, seen.unvalidated == told ? nil : seen.notice)
  }

  /// Counts a training sample as lost, and returns whether it is the first time.
  @discardableResult
  private func count(_ sample: Int) -> Bool {
    guard (0..<training.count).contains(sample), lost.insert(sample).inserted else { return false }
    usable.training[training.label(of: sample)] -= 1
    return true
  }
}
