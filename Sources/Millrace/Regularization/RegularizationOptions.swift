/// What keeps a network from learning its training set by heart, beside what the network itself holds.
public struct RegularizationOptions: Sendable, Hashable {
  /// L2, L1 and elastic net.
  public var penalty = WeightPenalty()
  /// The longest 2-norm of a unit's incoming weights (`max-norm`), above 0; nil: no limit.
  public var maxNorm: Double?
  /// The largest 2-norm of a step's gradient (`clip-norm`), above 0; nil: no limit.
  public var clipNorm: Double?
  /// The share of the average kept each step in the moving average of the weights (`ema`), in (0, 1); nil: none.
  public var averageDecay: Double?

  /// None.
  public init() {}

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [
      ("weight-decay", penalty.l2), ("l1", penalty.proximalL1), ("elastic-net", penalty.proximalL2),
    ] {
      try require(value >= 0 && value.isFinite, setting, "must be at least 0 and finite, got \(value)")
    }
    for (setting, value) in [("max-norm", maxNorm), ("clip-norm", clipNorm)] {
      if let value {
        try require(value > 0 && value.isFinite, setting, "must be above 0 and finite, got \(value)")
      }
    }
    if let averageDecay {
      try require(
        averageDecay > 0 && averageDecay < 1, "ema", "must be above 0 and below 1, got \(averageDecay)")
    }
  }
}
