import Testing

@testable import MillraceModels

struct EvaluationFiguresTests {
  /// Forty images of four classes, the last of which has none; the outputs are eighths, so many are equal.
  static let labelled = {
    let labels = [
      2, 0, 0, 0, 0, 2, 2, 1, 0, 0, 0, 1, 1, 1, 0, 0, 2, 2, 0, 0, 1, 1, 2, 1, 1, 1, 1, 1, 0, 2, 2, 2, 2, 0, 0,
      1, 1, 2, 2, 0,
    ]
    let eighths: [Float] = [
      0, 1, 8, 1, 2, 6, 1, 1, 4, 3, 2, 1, 3, 3, 1, 1, 6, 1, 2, 0, 1, 2, 2, 3, 1, 1, 6, 2, 1, 6, 0, 1, 2, 2, 2,
      2, 4, 2, 5, 0, 0, 1, 6, 1, 1, 1, 1, 5, 3, 4, 1, 0, 1, 2, 1, 4, 2, 1, 1, 7, 3, 2, 5, 1, 5, 3, 2, 0, 7, 0,
      3, 0, 2, 4, 1, 2, 4, 2, 3, 0, 2, 2, 4, 1, 2, 2, 4, 0, 5, 2, 1, 0, 4, 2, 4, 0, 2, 3, 2, 3, 4, 4, 1, 1, 4,
      0, 4, 1, 3, 4, 2, 1, 3, 0, 2, 5, 2, 2, 4, 1, 0, 7, 0, 1, 0, 1, 7, 0, 4, 2, 3, 1, 2, 2, 1, 6, 6, 1, 3, 0,
      5, 1, 2, 0, 1, 3, 4, 1, 5, 1, 0, 2, 3, 0, 3, 3, 4, 3, 1, 0,
    ]
    var labelled = LabelledOutputs(classCount: 4)
    for (image, label) in labels.enumerated() {
      labelled.add(label: label, outputs: eighths[image * 4..<image * 4 + 4].map { $0 / 8 })
    }
    return labelled
  }()

  private static func evaluation(_ labelled: LabelledOutputs) -> Evaluation {
    var matrix = ConfusionMatrix(classCount: labelled.classCount)
    var calibration = Calibration()
    for (image, label) in labelled.labels.enumerated() {
      let predicted = labelled.predicted(image)
      matrix.add(actual: Int(label), predicted: predicted)
      calibration.add(confidence: labelled[image, predicted], isCorrect: predicted == Int(label))
    }
    return Evaluation(
      count: labelled.count, loss: 1, accuracy: Double(matrix.correct) / Double(labelled.count), topK: [],
      classes: (0..<labelled.classCount).map {
        ClassReport(
          name: "\($0)", count: matrix.support(of: $0), precision: matrix.precision(of: $0),
          recall: matrix.recall(of: $0), f1: matrix.f1(of: $0))
      }, confusion: matrix, calibration: calibration, mistakes: [], skipped: [], outputs: labelled,
      isCrossEntropy: true)
  }

  /// The values of `roc_auc_score`, `average_precision_score` and `precision_recall_fscore_support` of scikit-learn
  /// 1.7.
  @Test func `Areas and averages are those of scikit-learn, also where outputs are equal`() throws {
    let figures = EvaluationFigures(Self.evaluation(Self.labelled), bootstrap: Bootstrap(count: 20))
    let areas = [
      (0.5866666666666666, 0.4618253968253968), (0.6282051282051282, 0.4231403212172443),
      (0.5922619047619049, 0.49010045112986284),
    ]
    for (label, expected) in areas.enumerated() {
      let own = figures.classes[label]
      #expect(abs(try #require(own.rocArea).value - expected.0) < 1e-12)
      #expect(abs(try #require(own.averagePrecision).value - expected.1) < 1e-12)
    }
    #expect(figures.classes[3].rocArea == nil && figures.classes[3].recall == nil)
    #expect(figures.classes[3].precision?.value == 0)
    let expected = [
      (
        figures.macro,
        [
          0.3457983193277311, 0.27692307692307694, 0.3002840909090909, 0.6023778998778998,
          0.45835538972416795,
        ]
      ),
      (
        figures.weighted,
        [0.460126050420168, 0.375, 0.4031534090909091, 0.601845238095238, 0.4577352635440871]
      ),
    ]
    for (mean, values) in expected {
      let own = [
        mean.precision, mean.recall, mean.f1, try #require(mean.rocArea), try #require(mean.averagePrecision),
      ]
      for (figure, value) in zip(own, values) {
        #expect(abs(figure.value - value) < 1e-12)
        let interval = try #require(figure.interval)
        #expect(interval.contains(value) && interval.upperBound > interval.lowerBound)
      }
    }
  }

  @Test func `A curve ends at the whole, its area is the class's, and drawing thins it out`() throws {
    let ranking = ClassRanking(Self.labelled, class: 1)
    let curve = ranking.curve()
    var (area, average) = (0.0, 0.0)
    var before = (x: 0.0, y: 0.0)
    for point in curve {
      area += (point.falsePositiveRate - before.x) * (point.truePositiveRate + before.y) / 2
      average += (point.truePositiveRate - before.y) * point.precision
      before = (point.falsePositiveRate, point.truePositiveRate)
    }
    let areas = try #require(ranking.areas())
    #expect(abs(area - areas.roc) < 1e-12 && abs(average - areas.averagePrecision) < 1e-12)
    #expect(curve.last?.truePositiveRate == 1 && curve.last?.falsePositiveRate == 1)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.threshold > $1.threshold })
    let thin = ranking.curve(limit: 4)
    #expect(thin.count < curve.count && thin.last == curve.last)
    #expect(ClassRanking(Self.labelled, class: 3).curve().isEmpty)
  }

  @Test func `A weight is as good as a repetition`() throws {
    let weights = Bootstrap(seed: 5).weights(2, of: Self.labelled.count)
    var repeated = LabelledOutputs(classCount: 4)
    for (image, weight) in weights.enumerated() {
      for _ in 0..<weight {
        repeated.add(
          label: Int(Self.labelled.labels[image]), outputs: (0..<4).map { Self.labelled[image, $0] })
      }
    }
    #expect(repeated.count == Self.labelled.count)
    for label in 0..<3 {
      #expect(
        ClassRanking(Self.labelled, class: label).areas(weights: weights)
          == ClassRanking(repeated, class: label).areas())
    }
  }

  @Test func `A bootstrap's interval of a share is nearly Wilson's, and the same each time`() throws {
    let isRight = (0..<400).map { $0 % 5 > 0 }
    func interval() -> ClosedRange<Double>? {
      Bootstrap().intervals(of: 400) { weights in
        [Double(zip(weights, isRight).reduce(0) { $0 + ($1.1 ? Int($1.0) : 0) }) / 400, nil]
      }[0]
    }
    let (found, wilson) = (try #require(interval()), try #require(WilsonInterval(successes: 320, of: 400)))
    #expect(abs(found.lowerBound - wilson.lower) < 0.01 && abs(found.upperBound - wilson.upper) < 0.01)
    #expect(interval() == found)
    #expect(Bootstrap(count: 3).intervals(of: 4) { _ in [nil] } == [nil])
    // The values are those of numpy.percentile.
    #expect(Bootstrap.percentile(0.025, of: [1, 1, 2, 3, 4, 5, 6, 9]) == 1)
    #expect(abs(Bootstrap.percentile(0.975, of: [1, 1, 2, 3, 4, 5, 6, 9]) - 8.475) < 1e-12)
  }

  @Test func `Answers that are less sure than a threshold are left out`() throws {
    let coverage = CoverageCurve(Self.labelled)
    let answers = (0..<40).map { image in
      let predicted = Self.labelled.predicted(image)
      return (Self.labelled[image, predicted], predicted == Int(Self.labelled.labels[image]))
    }
    for threshold in [0, 0.3, 0.5, 0.625, 0.75, 1, 1.1] {
      let kept = answers.filter { Double($0.0) >= threshold }
      let point = coverage.point(at: threshold)
      #expect(point.count == kept.count && point.coverage == Double(kept.count) / 40)
      #expect(point.accuracy == (kept.isEmpty ? nil : Double(kept.count { $0.1 }) / Double(kept.count)))
    }
    let half = try #require(coverage.surest(0.5))
    #expect(half.coverage >= 0.5)
    #expect(coverage.curve.first?.coverage == 1)
    #expect(zip(coverage.curve, coverage.curve.dropFirst()).allSatisfy { $0.coverage > $1.coverage })
  }

  @Test func `A class's threshold keeps what was promised, and no lower one does`() throws {
    let names = ["a", "b", "c", "d"]
    let thresholds = ClassThresholds(precision: 0.4, Self.labelled, classes: names)
    var named = [[(output: Double, isRight: Bool)]](repeating: [], count: 4)
    for image in 0..<40 {
      let predicted = Self.labelled.predicted(image)
      named[predicted].append(
        (Double(Self.labelled[image, predicted]), predicted == Int(Self.labelled.labels[image])))
    }
    for (name, answers) in zip(names, named) {
      func keeps(_ threshold: Double) -> Bool {
        let kept = answers.filter { $0.output >= threshold }
        return Double(kept.count { $0.isRight }) >= 0.4 * Double(kept.count)
      }
      #expect(keeps(thresholds[name]))
      for lower in Set(answers.map(\.output)) where lower < thresholds[name] { #expect(!keeps(lower)) }
    }
    // No image belongs to the last class, so it is never named.
    #expect(thresholds["d"] == .infinity)
    let text = try thresholds.text()
    #expect(try ClassThresholds(parsing: text, path: "t.json", classes: names) == thresholds)
    for (text, word) in [("[]", "not a JSON object"), (text, "the class \"e\"")] {
      let fault = #expect(throws: ClassThresholds.FileFault.self) {
        try ClassThresholds(parsing: text, path: "t.json", classes: names + ["e"])
      }
      #expect(try #require(fault).description.hasPrefix("t.json: "))
      #expect(try #require(fault).description.contains(word))
    }
  }

  @Test func `Two models are compared on the images that both have answered`() {
    func answers(_ right: [Int], of paths: [Int]) -> [EvaluatedImage] {
      paths.map { path in
        EvaluatedImage(
          path: "\(path).png", actual: 1, predicted: right.contains(path) ? 1 : 0, confidence: 1, share: 1)
      }
    }
    let comparison = ModelComparison(
      answers([1, 2, 3, 4, 9], of: [1, 2, 3, 4, 5, 9]), answers([3, 5], of: [5, 4, 3, 2, 1]), other: "b")
    #expect(comparison.count == 5 && comparison.accuracies == (0.8, 0.4))
    #expect(comparison.test == McNemarTest(onlyFirst: 3, onlySecond: 1))
  }
}
