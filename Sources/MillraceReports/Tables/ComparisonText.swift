public import MillraceModels

/// How two models do on the same images, for people.
public struct ComparisonText {
  private let comparison: ModelComparison

  /// Takes a comparison.
  public init(_ comparison: ModelComparison) {
    self.comparison = comparison
  }

  /// The whole of it.
  public var sentence: String {
    let test = comparison.test
    let verdict =
      test.probability > McNemarTest.level
      ? "no difference beyond chance"
      : "\(test.onlyFirst > test.onlySecond ? "this model" : comparison.other) is better by more than chance"
    return
      ("compared with \(comparison.other): accuracy \(Figures.percent(comparison.accuracies.first, digits: 2)) against "
      + "\(Figures.percent(comparison.accuracies.second, digits: 2)); \(Figures.count(test.onlyFirst, "image")) only this "
      + "model classifies correctly, \(Figures.count(test.onlySecond)) only the other: \(verdict) (McNemar's test, "
      + "p = \(Figures.significant(test.probability)))").printable
  }
}
