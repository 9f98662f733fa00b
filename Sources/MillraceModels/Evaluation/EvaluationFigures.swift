/// All figures of an evaluation, each with the interval of what it could be: averages over the classes, and how well the
/// classes are told apart at any threshold.
///
/// Shares have a ``WilsonInterval``, all others come from a ``Bootstrap``.
public struct EvaluationFigures: Sendable {
  /// The means over the classes of what is known of each.
  public struct Averages: Sendable, Hashable {
    /// The mean precision; a class that no image was taken for counts 0.
    public let precision: Estimate
    /// The mean recall; a class that has no image and was predicted counts 0.
    public let recall: Estimate
    /// The mean F1.
    public let f1: Estimate
    /// The mean area under the receiver operating characteristic; nil where no class has positives and others.
    public let rocArea: Estimate?
    /// The mean average precision; nil likewise.
    public let averagePrecision: Estimate?
  }

  /// A class's figures; nil of what cannot be known without images.
  public struct OfClass: Sendable, Hashable {
    /// The share of the images taken for it that are of it.
    public let precision: Estimate?
    /// The share of its images that were found.
    public let recall: Estimate?
    /// The harmonic mean of both.
    public let f1: Estimate?
    /// The area under the receiver operating characteristic: this class against all others.
    public let rocArea: Estimate?
    /// The average precision: this class against all others.
    public let averagePrecision: Estimate?
  }

  /// The share of images whose most probable class is theirs.
  public let accuracy: Estimate
  /// The mean loss.
  public let loss: Estimate
  /// The expected calibration error; nil where the outputs are no probabilities.
  public let calibrationError: Estimate?
  /// Each class counts the same. Classes that have no image and that none was taken for do not count.
  public let macro: Averages
  /// Each class counts as often as it has images.
  public let weighted: Averages
  /// Each class, in the order of the model's classes.
  public let classes: [OfClass]
  /// What would become of the model if it answered only where it is sure; nil where the outputs are no probabilities.
  public let coverage: CoverageCurve?

  /// More outputs than this times resamples would take longer than anybody waits for an area's interval.
  private static let mostRanked = 2_000_000_000

  /// Computes them.
  ///
  /// - Parameters:
  ///   - evaluation: Of at least one image.
  ///   - bootstrap: What the intervals come from that are no shares.
  public init(_ evaluation: Evaluation, bootstrap: Bootstrap = Bootstrap()) {
    let outputs = evaluation.outputs
    let sample = EvaluationSample(evaluation.outputs, isCrossEntropy: evaluation.isCrossEntropy)
    let whole = sample.figures(weights: [Int32](repeating: 1, count: outputs.count), areas: true)
    let ranks = outputs.outputs.count * bootstrap.count <= Self.mostRanked
    let intervals = bootstrap.intervals(of: outputs.count) {
      sample.figures(weights: $0, areas: ranks)
    }
    let places = EvaluationSample.Places(classes: outputs.classCount)
    func estimate(_ place: Int) -> Estimate? {
      whole[place].map { Estimate($0, interval: intervals.isEmpty ? nil : intervals[place]) }
    }
    func averages(_ first: Int) -> Averages {
      func mean(_ index: Int) -> Estimate { estimate(first + index) ?? Estimate(0) }
      return Averages(
        precision: mean(0), recall: mean(1), f1: mean(2), rocArea: estimate(first + 3),
        averagePrecision: estimate(first + 4))
    }
    accuracy = Estimate(successes: evaluation.correct, of: evaluation.count) ?? Estimate(evaluation.accuracy)
    loss = Estimate(
      evaluation.loss, interval: intervals.isEmpty || !sample.knowsLosses ? nil : intervals[places.loss])
    calibrationError = evaluation.calibration?.expectedError.map { error in
      Estimate(error, interval: intervals.isEmpty ? nil : intervals[places.calibrationError])
    }
    macro = averages(places.macro)
    weighted = averages(places.weighted)
    let matrix = evaluation.confusion
    classes = (0..<outputs.classCount).map { label in
      let hits = matrix[actual: label, predicted: label]
      return OfClass(
        precision: Estimate(successes: hits, of: matrix.predictions(of: label)),
        recall: Estimate(successes: hits, of: matrix.support(of: label)),
        f1: estimate(places.f1(label)), rocArea: estimate(places.rocArea(label)),
        averagePrecision: estimate(places.averagePrecision(label)))
    }
    coverage = evaluation.calibration == nil ? nil : CoverageCurve(outputs)
  }
}
