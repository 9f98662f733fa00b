public import MillracePipeline

/// How far a ``Trainer`` has come: with the trainer's vectors, all that it needs to go on to the same bits.
public struct TrainingProgress: Sendable, Codable {
  /// The position of the next minibatch.
  public var position = MinibatchPosition(epoch: 0)
  /// The report of the epoch under way; nil between epochs. Where ``position`` is beyond that epoch, only its
  /// validation is left to do.
  public var running: EpochReport?
  /// The loss on the validation samples after each epoch.
  public var validationLosses: [Double] = []
  /// The best epoch's report; nil before the first is done.
  public var best: EpochReport?
  /// The steps taken until the best epoch's end.
  public var bestSteps = 0

  /// The progress before the first step.
  public init() {}
}
