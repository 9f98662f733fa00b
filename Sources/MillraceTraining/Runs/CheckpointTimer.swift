import MillraceModels
import MillraceThreads

/// Says when a checkpoint of the epoch under way is due, by what has been done since the last one.
package final class CheckpointTimer {
  private let interval: CheckpointInterval
  /// The steps that no checkpoint holds.
  package private(set) var stepsUnsaved = 0
  private var savedAt = MonotonicClock.now()

  init(_ interval: CheckpointInterval) { self.interval = interval }

  /// Counts a step that is done.
  func countStep() { stepsUnsaved += 1 }

  /// Whether a checkpoint is due after some more steps.
  func isDue(afterSteps steps: Int = 0) -> Bool {
    interval.isOver(
      steps: stepsUnsaved + steps, seconds: Double(MonotonicClock.now() - savedAt) * 1e-9)
  }

  /// Begins anew, since everything has been saved.
  func restart() { (stepsUnsaved, savedAt) = (0, MonotonicClock.now()) }
}
