import MillraceThreads

/// When the epoch under way is to be saved: what has been done since the last checkpoint.
final class CheckpointTimer {
  private let interval: CheckpointInterval
  /// Steps that no checkpoint holds.
  private(set) var stepsUnsaved = 0
  private var savedAt = MonotonicClock.now()

  init(_ interval: CheckpointInterval) { self.interval = interval }

  /// A step is done.
  func countStep() { stepsUnsaved += 1 }

  /// Whether a checkpoint is due some steps from now.
  func isDue(afterSteps steps: Int = 0) -> Bool {
    interval.isOver(
      steps: stepsUnsaved + steps, seconds: Double(MonotonicClock.now() - savedAt) * 1e-9)
  }

  /// Everything is saved.
  func restart() { (stepsUnsaved, savedAt) = (0, MonotonicClock.now()) }
}
