public import MillraceModels

/// The settings that keep a network from learning its training set by heart, beside those of the network
/// itself.
public struct RegularizationOptions: Sendable, Hashable {
  /// λ of the penalty ½λ‖w‖² (`weight-decay`), whose gradient λw joins the gradient; at least 0.
  @Automatic public var weightDecay = 1e-4
  /// λ of the penalty λ‖w‖₁ (`l1`), a proximal step; at least 0.
  public var l1 = 0.0
  /// λ of the elastic net λ·(r·‖w‖₁ + ½(1−r)·‖w‖₂²) (`elastic-net`), a proximal step; at least 0.
  ///
  /// Source: Zou and Hastie, "Regularization and variable selection via the elastic net", 2005.
  public var elasticNet = 0.0
  /// r of the elastic net (`elastic-ratio`), in [0, 1].
  public var elasticRatio = 0.5
  /// The largest 2-norm of a unit's incoming weights (`max-norm`), above 0; nil for no limit.
  public var maxNorm: Double?
  /// The largest 2-norm of a step's gradient (`clip-norm`), above 0; nil for no limit.
  public var clipNorm: Double?
  /// The share of the average that each step keeps in the moving average of the weights (`ema`), in (0, 1);
  /// nil for none.
  @Automatic public var averageDecay: Double? = nil

  /// The defaults: weight decay alone.
  public init() {}

  /// The proximal step that shrinks weights after each step; nil where none does.
  var proximalStep: ProximalStep? {
    l1 > 0 || elasticNet > 0
      ? ProximalStep(l1: l1 + elasticNet * elasticRatio, l2: elasticNet * (1 - elasticRatio)) : nil
  }

  /// Checks every range.
  ///
  /// - Throws: `ConfigurationError` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [("weight-decay", weightDecay), ("l1", l1), ("elastic-net", elasticNet)] {
      try require(value >= 0 && value.isFinite, setting, "must be at least 0 and finite, got \(value)")
    }
    try require(
      (0...1).contains(elasticRatio), "elastic-ratio", "must be from 0 to 1, got \(elasticRatio)")
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
