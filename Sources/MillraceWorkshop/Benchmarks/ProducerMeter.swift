import MillracePipeline
import MillraceThreads

/// The work of a producer's loaders between two readings.
struct ProducerMeter {
  private let start = MonotonicClock.now()
  private let waits: WaitTimes
  private let stages: StageTimes

  /// Takes the first reading.
  init(_ producer: MinibatchProducer) {
    waits = producer.waits
    stages = producer.stageTimes
  }

  /// Takes the second reading.
  ///
  /// - Returns: The stages, and the shares of the time for which loaders waited for room and the consumer for data.
  func read(_ producer: MinibatchProducer) -> (stages: StageShares, loaderWait: Double, computeWait: Double) {
    let elapsed = Double(max(1, MonotonicClock.now() - start))
    let now = producer.waits
    return (
      StageShares(producer.stageTimes - stages),
      Double(now.producers - waits.producers) / (elapsed * Double(producer.producerCount)),
      Double(now.consumer - waits.consumer) / elapsed
    )
  }
}
