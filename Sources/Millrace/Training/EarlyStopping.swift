public import MillraceNetwork

/// Which figure of the validation tells the better weights.
public enum ValidationMetric: String, Sendable, Hashable, CaseIterable {
  /// The share of correct samples; the loss decides between equals.
  case accuracy
  /// The mean loss.
  case loss
}

/// Ending a run once validation has stopped improving.
///
/// Source: Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.8, algorithm 7.1.
public struct EarlyStopping: Sendable, Hashable {
  /// Epochs without an improvement after which the run ends (`patience`), at least 1; nil: it never ends early.
  public var patience: Int?
  /// The least change that is an improvement (`min-delta`), at least 0.
  public var minimumImprovement = 0.0
  /// What is compared (`monitor`).
  public var metric = ValidationMetric.accuracy

  /// Off, comparing accuracy.
  public init() {}

  /// Whether a validation result is better than the best so far, by more than the least improvement.
  public func improves(_ new: LossSum, over best: LossSum) -> Bool {
    switch metric {
    case .loss: return new.mean < best.mean - minimumImprovement
    case .accuracy:
      if new.accuracy == best.accuracy && minimumImprovement == 0 { return new.mean < best.mean }
      return new.accuracy > best.accuracy + minimumImprovement
    }
  }

  func validate() throws(ConfigurationError) {
    if let patience {
      try require(
        (1...1_000_000).contains(patience), "patience", "must be from 1 to 1000000, got \(patience)")
    }
    try require(
      minimumImprovement >= 0 && minimumImprovement.isFinite, "min-delta",
      "must be at least 0 and finite, got \(minimumImprovement)")
  }
}
