public import MillracePipeline

/// The figures of an evaluation for parts of its images, each with its interval.
public struct EvaluationSlices: Sendable {
  /// A part of the images.
  public struct Slice: Sendable {
    /// What its images have in common.
    public let name: String
    /// How many there are, at least one.
    public let count: Int
    /// How many of them are named rightly.
    public let correct: Int
    /// The share of them; a ``WilsonInterval``.
    public let accuracy: Estimate
    /// The mean recall of the classes that they are of or are taken for; by a ``Bootstrap``.
    public let meanRecall: Estimate
    /// The mean loss; nil where it does not follow from the outputs.
    public let loss: Estimate?
    /// The expected calibration error; nil where the outputs are no probabilities.
    public let calibrationError: Estimate?
  }

  /// By what the images were told apart.
  public let rule: SliceRule
  /// The parts: of texts in natural order, of thirds the least first. Those without images are left out.
  public let slices: [Slice]

  /// Divides the images of an evaluation.
  ///
  /// - Parameters:
  ///   - rule: By what.
  ///   - evaluation: Of these images.
  ///   - images: The images, of which a measure reads every file again.
  ///   - options: What a file may cost, and how many threads read.
  ///   - bootstrap: What the intervals come from that are no shares.
  ///   - progress: Is told how many of how many images were read. An error ends it.
  /// - Throws: ``ConfigurationError`` where there is no such column, or one with too many texts; `DatasetError` where the
  ///   images are packed as pixels and a measure wants files; `OutOfDescriptors`, or what `progress` throws.
  public init(
    _ rule: SliceRule, of evaluation: Evaluation, on images: MeasuredImages,
    options: InferenceOptions = InferenceOptions(), bootstrap: Bootstrap = Bootstrap(),
    progress: @escaping (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let skipped = Set(evaluation.skipped.map(\.sample))
    let counted = (0..<images.dataset.count).filter { !skipped.contains($0) }
    let names = try rule.names(of: images, options: options, progress: progress)
    var imagesOf: [ExactText: [Int]] = [:]
    for (image, sample) in counted.enumerated() {
      imagesOf[ExactText(names.ofSample[sample]), default: []].append(image)
    }
    self.rule = rule
    slices = names.order.compactMap { name in
      imagesOf[ExactText(name)].map { Slice(name, of: evaluation, $0, bootstrap: bootstrap) }
    }
  }
}

extension EvaluationSlices.Slice {
  fileprivate init(_ name: String, of evaluation: Evaluation, _ images: [Int], bootstrap: Bootstrap) {
    let all = evaluation.outputs
    var outputs = LabelledOutputs(classCount: all.classCount)
    for image in images {
      outputs.add(
        label: Int(all.labels[image]), outputs: (0..<all.classCount).lazy.map { all[image, $0] })
    }
    let sample = EvaluationSample(outputs, isCrossEntropy: evaluation.isCrossEntropy)
    let places = EvaluationSample.Places(classes: all.classCount)
    let whole = sample.figures(weights: [Int32](repeating: 1, count: images.count), areas: false)
    let intervals = bootstrap.intervals(of: images.count) { sample.figures(weights: $0, areas: false) }
    func estimate(_ place: Int) -> Estimate? { whole[place].map { Estimate($0, interval: intervals[place]) } }
    self.name = name
    count = images.count
    correct = images.indices.count { outputs.predicted($0) == Int(outputs.labels[$0]) }
    accuracy = Estimate(successes: correct, of: count) ?? Estimate(0)
    meanRecall = estimate(places.macro + 1) ?? Estimate(0)
    loss = estimate(places.loss)
    calibrationError = evaluation.calibration == nil ? nil : estimate(places.calibrationError)
  }
}
