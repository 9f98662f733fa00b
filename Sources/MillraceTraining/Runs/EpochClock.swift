import MillraceNetwork
import MillracePipeline
import MillraceThreads

/// Measures how an epoch's time is spent; where a resume goes on in the middle of an epoch, its report's
/// times are added to.
struct EpochClock {
  private let start = MonotonicClock.now()
  private let before: EpochReport
  private let source: any MinibatchSource
  private let producersWaitedBefore: UInt64

  init(since report: EpochReport, source: any MinibatchSource) {
    before = report
    self.source = source
    producersWaitedBefore = source.waits.producers
  }

  /// Writes the times until now into the epoch's report.
  ///
  /// - Parameter waited: The nanoseconds for which the workers have waited for minibatches since the clock
  ///   was made.
  func read(into report: inout EpochReport, waited: UInt64) {
    let elapsed = Double(max(MonotonicClock.now() - start, 1)) * 1e-9
    let seconds = before.seconds + elapsed
    let loadersWaited =
      Double(source.waits.producers - producersWaitedBefore) * 1e-9 / Double(max(1, source.producerCount))
    report.seconds = seconds
    report.imagesPerSecond = Double(report.training.count) / max(seconds, 1e-9)
    report.computeWait = (before.computeWait * before.seconds + Double(waited) * 1e-9) / seconds
    report.loaderWait = (before.loaderWait * before.seconds + loadersWaited) / seconds
  }
}
