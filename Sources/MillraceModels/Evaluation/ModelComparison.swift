/// How two models do on the same images.
public struct ModelComparison: Sendable {
  /// What the other model is called, for people.
  public let other: String
  /// Images that both have answered.
  public let count: Int
  /// The share of them that each takes right, from 0 to 1.
  public let accuracies: (first: Double, second: Double)
  /// Whether they differ by more than chance explains.
  public let test: McNemarTest

  /// Compares two evaluations, image by image.
  ///
  /// - Parameters:
  ///   - first: What the one model says of each image.
  ///   - second: What the other says; images are told by their paths.
  ///   - other: What the other is called, for people.
  public init(_ first: [EvaluatedImage], _ second: [EvaluatedImage], other: String) {
    let answers = Dictionary(second.map { ($0.path, $0.actual == $0.predicted) }, uniquingKeysWith: { $1 })
    var (both, onlyFirst, onlySecond, count) = (0, 0, 0, 0)
    for image in first {
      guard let isSecondRight = answers[image.path] else { continue }
      count += 1
      switch (image.actual == image.predicted, isSecondRight) {
      case (true, true): both += 1
      case (true, false): onlyFirst += 1
      case (false, true): onlySecond += 1
      case (false, false): break
      }
    }
    self.other = other
    self.count = count
    let all = Double(max(1, count))
    accuracies = (Double(both + onlyFirst) / all, Double(both + onlySecond) / all)
    test = McNemarTest(onlyFirst: onlyFirst, onlySecond: onlySecond)
  }
}
