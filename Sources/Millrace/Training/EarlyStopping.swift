public import MillraceNetwork

/// What tells the epoch whose weights are kept.
public enum ValidationMetric: String, Sendable, Hashable, CaseIterable {
  /// The share of correct samples; the loss decides between equals.
  case accuracy
  /// The mean loss.
  case loss
  /// None: the last epoch's are kept. Where the learning rate falls to nothing the last epochs differ by chance, and to
  /// choose among them by few images is to choose by luck.
  case last
}

/// Which epoch is the best, and ending a run once validation has stopped improving.
///
/// Source: Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.8, algorithm 7.1.
public struct EarlyStopping: Sendable, Hashable {
  /// Epochs without an improvement after which the run ends (`patience`), at least 1; nil: it never ends early.
  public var patience: Int?
  /// The least change that is an improvement (`min-delta`), at least 0.
  public var minimumImprovement = 0.0
  /// What is compared (`monitor`).
  @Automatic public var metric = ValidationMetric.accuracy

  /// Off; what is compared is chosen.
  public init() {}

  /// Whether a validation result is better than the best so far, by more than the least improvement. One over no samples
  /// is never better, and any other is better than one over none.
  public func improves(_ new: LossSum, over best: LossSum) -> Bool {
    guard let loss = new.mean, let accuracy = new.accuracy else { return false }
    guard let bestLoss = best.mean, let bestAccuracy = best.accuracy else { return true }
    switch metric {
    case .last: return true
    case .loss: return loss < bestLoss - minimumImprovement
    case .accuracy:
      if accuracy == bestAccuracy && minimumImprovement == 0 { return loss < bestLoss }
      return accuracy > bestAccuracy + minimumImprovement
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
