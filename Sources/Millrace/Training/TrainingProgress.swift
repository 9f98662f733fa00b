public import MillracePipeline

/// How far a ``Trainer`` has come: with its vectors, all that it needs to go on to the bit.
public struct TrainingProgress: Sendable, Codable {
  /// The minibatch that is next.
  public var position = MinibatchPosition(epoch: 0)
  /// The epoch under way as far as it has gone; nil between epochs. Where ``position`` is beyond it, only its
  /// validation is left to do.
  public var running: EpochReport?
  /// The loss on the validation samples after each epoch.
  public var validationLosses: [Double] = []
  /// The best epoch's report; nil before the first is done.
  public var best: EpochReport?
  /// Steps taken until the best epoch's end.
  public var bestSteps = 0

  /// The beginning.
  public init() {}
}
