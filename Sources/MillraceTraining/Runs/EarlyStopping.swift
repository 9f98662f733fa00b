package import MillraceModels
public import MillraceNetwork

/// The figure that decides which epoch's weights are kept.
public enum ValidationMetric: String, Sendable, Hashable, CaseIterable {
  /// The share of correct samples; where it is equal, the loss decides.
  case accuracy
  /// The mean loss.
  case loss
  /// No figure: the last epoch's weights are kept. Where the learning rate falls to nothing, the last epochs
  /// differ by chance, and a choice among them by few images is luck.
  case last
}

/// Which epoch is the best, and when a run ends because validation has stopped improving.
///
/// Source: Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.8, algorithm 7.1.
public struct EarlyStopping: Sendable, Hashable {
  /// The run ends after this many epochs without an improvement (`patience`), at least 1; nil: it never ends
  /// early.
  public var patience: Int?
  /// The smallest change that counts as an improvement (`min-delta`), at least 0.
  public var minimumImprovement = 0.0
  /// The figure that is compared (`monitor`).
  @Automatic public var metric = ValidationMetric.accuracy

  /// The defaults: no run ends early, and the figure is chosen automatically.
  public init() {}

  /// Whether a validation result is better than the best so far, by more than the smallest improvement. A
  /// result over no samples is never better, and any other is better than one over no samples.
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

  package func validate() throws(ConfigurationError) {
    if let patience {
      try require(
        (1...1_000_000).contains(patience), "patience", "must be from 1 to 1000000, got \(patience)")
    }
    try require(
      minimumImprovement >= 0 && minimumImprovement.isFinite, "min-delta",
      "must be at least 0 and finite, got \(minimumImprovement)")
  }
}
