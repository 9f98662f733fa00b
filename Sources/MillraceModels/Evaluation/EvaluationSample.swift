/// The images of an evaluation, from which any resample's figures are computed.
struct EvaluationSample {
  /// Where a figure lies among all of a resample.
  struct Places {
    let classes: Int
    let loss = 0
    let calibrationError = 1
    /// Precision, recall, F1, areas.
    let macro = 2
    let weighted = 7
    func f1(_ label: Int) -> Int { 12 + label }
    func rocArea(_ label: Int) -> Int { 12 + classes + label }
    func averagePrecision(_ label: Int) -> Int { 12 + 2 * classes + label }
  }

  private let classCount: Int
  private let labels: [Int]
  private let predicted: [Int]
  private let confidences: [Float]
  private let rankings: [ClassRanking]
  /// −log of the probability of each image's class; empty where the loss is another.
  private let losses: [Double]

  var knowsLosses: Bool { !losses.isEmpty }

  /// - Parameters:
  ///   - outputs: What a model says of labelled images.
  ///   - isCrossEntropy: Whether its loss follows from them.
  init(_ outputs: LabelledOutputs, isCrossEntropy: Bool) {
    classCount = outputs.classCount
    labels = outputs.labels.map { Int($0) }
    predicted = (0..<outputs.count).map(outputs.predicted)
    confidences = predicted.enumerated().map { outputs[$0.offset, $0.element] }
    rankings = (0..<classCount).map { ClassRanking(outputs, class: $0) }
    losses =
      isCrossEntropy
      ? labels.enumerated().map { crossEntropy(ofProbability: outputs[$0.offset, $0.element]) } : []
  }

  /// All figures of a resample, in their ``Places``; nil of what has no value.
  func figures(weights: [Int32], areas ranks: Bool) -> [Double?] {
    var (hits, supports, predictions) = (
      [Int](repeating: 0, count: classCount), [Int](repeating: 0, count: classCount),
      [Int](repeating: 0, count: classCount)
    )
    var calibration = Calibration()
    var loss = 0.0
    var total = 0
    for (image, weight) in weights.enumerated() where weight > 0 {
      let (label, guess, count) = (labels[image], predicted[image], Int(weight))
      total += count
      supports[label] += count
      predictions[guess] += count
      if label == guess { hits[label] += count }
      calibration.add(confidence: confidences[image], isCorrect: label == guess, count: count)
      if knowsLosses { loss += Double(count) * losses[image] }
    }
    let areas = rankings.map { ranks ? $0.areas(weights: weights) : nil }
    let f1 = (0..<classCount).map {
      supports[$0] > 0 ? Self.share(2 * hits[$0], supports[$0] + predictions[$0]) : nil
    }
    /// Precision, recall, F1 and areas, averaged with a weight for each class.
    func averages(_ weight: (Int) -> Int) -> [Double?] {
      [
        Self.mean((0..<classCount).map { (Self.share(hits[$0], predictions[$0]) ?? 0, weight($0)) }),
        Self.mean((0..<classCount).map { (Self.share(hits[$0], supports[$0]) ?? 0, weight($0)) }),
        Self.mean((0..<classCount).map { (f1[$0] ?? 0, weight($0)) }),
        Self.mean(areas.enumerated().compactMap { label, area in area.map { ($0.roc, weight(label)) } }),
        Self.mean(
          areas.enumerated().compactMap { label, area in area.map { ($0.averagePrecision, weight(label)) } }),
      ]
    }
    return [knowsLosses && total > 0 ? loss / Double(total) : nil, calibration.expectedError]
      + averages { supports[$0] + predictions[$0] > 0 ? 1 : 0 } + averages { supports[$0] }
      + f1 + areas.map { $0?.roc } + areas.map { $0?.averagePrecision }
  }

  private static func share(_ part: Int, _ whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }

  /// The weighted mean; nil where nothing has a weight.
  private static func mean(_ values: [(value: Double, weight: Int)]) -> Double? {
    let weight = values.reduce(0) { $0 + $1.weight }
    return weight > 0 ? values.reduce(0) { $0 + $1.value * Double($1.weight) } / Double(weight) : nil
  }
}
