package import MillracePipeline

/// How far a ``Trainer`` has come: with the trainer's vectors, all that it needs to go on to the same bits.
package struct TrainingProgress: Sendable, Codable {
  /// The position of the next minibatch.
  package var position = MinibatchPosition(epoch: 0)
  /// The report of the epoch under way; nil between epochs. Where ``position`` is beyond that epoch, only its
  /// validation is left to do.
  package var running: EpochReport?
  /// The loss on the validation samples after each epoch.
  package var validationLosses: [Double] = []
  /// The best epoch's report; nil before the first is done.
  package var best: EpochReport?
  /// The steps taken until the best epoch's end.
  package var bestSteps = 0

  /// The progress before the first step.
  package init() {}
}
