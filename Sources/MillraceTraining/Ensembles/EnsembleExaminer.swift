import MillraceImages
import MillraceModels
import MillraceNetwork
import MillracePipeline

/// Examines how the members of an ensemble do on images that they were not trained on.
struct EnsembleExaminer {
  /// All members, none trained on the images that it is validated on.
  let model: Model
  /// The configuration, without a member's number.
  let configuration: TrainingConfiguration
  /// The images that each member was trained and validated on.
  let data: [TrainingData]
  let images: SharedImages

  private static let topK = 5
  /// The number of images after which progress is reported.
  private static let portion = Model.evaluationBatchSize

  /// The examination; nil without validation.
  ///
  /// - Parameter tell: Is called with the number of images done so far. An error that it throws ends the
  ///   examination.
  func examination(_ tell: (Int) throws -> Void) throws -> EnsembleExamination? {
    if configuration.folds > 1 { return try outOfFold(tell) }
    guard let validation = data[0].validation else { return nil }
    var count = 0
    let evaluation = try model.evaluate(
      validation, topK: Self.topK, mistakes: ValidationExamination.mistakeLimit, options: options,
      cache: try cache(of: validation)
    ) { _ in
      count += 1
      if count.isMultiple(of: Self.portion) { try tell(count) }
    }
    return EnsembleExamination(evaluation: evaluation)
  }

  /// Shows each image to the one member that was not trained on it.
  private func outOfFold(_ tell: (Int) throws -> Void) throws -> EnsembleExamination {
    let all = data[0].reference
    let folds = configuration.division.folds(of: all)
    var tally = EvaluationTally(model, of: all, mistakes: ValidationExamination.mistakeLimit)
    var collection = OutOfFoldPredictions.Collection(all)
    var total = LossSum()
    var count = 0
    for (fold, parameters) in model.members.enumerated() {
      guard let left = data[fold].validation else { continue }
      let samples = folds.indices.filter { folds[$0] == fold }
      let member = Model(
        network: model.network, classes: model.classes, preprocessing: model.preprocessing,
        parameters: parameters)
      let loss = try member.forEachOutcome(of: left, labelled: true, options: options) { outcome in
        switch outcome {
        case .scored(let sample, _, let scores, _):
          _ = tally.add(sample: samples[sample], scores: scores)
          collection.add(sample: samples[sample], scores: scores)
        case .skipped(let bad): tally.add(bad)
        }
        count += 1
        if count.isMultiple(of: Self.portion) { try tell(count) }
      }
      collection.endFold(loss)
      total += loss
    }
    let predictions = collection.predictions
    return EnsembleExamination(
      evaluation: try tally.evaluation(loss: total, topK: Self.topK, reading: configuration.reading),
      outOfFold: predictions, suspects: suspects(among: predictions, of: all))
  }

  private func suspects(among predictions: OutOfFoldPredictions, of dataset: Dataset) -> [Mistake] {
    let rows = predictions.suspects(atMost: EnsembleExamination.suspectLimit)
    let pictures = model.pictures(of: rows.map(\.sample), in: dataset, reading: configuration.reading)
    return zip(rows, pictures).map { row, picture in
      let outputs = Array(predictions.outputs(of: row))
      return Mistake(
        sample: row.sample, path: row.path, actual: row.label, predicted: row.rival,
        confidence: outputs[row.rival], share: outputs[row.label], picture: picture)
    }
  }

  private var options: InferenceOptions { configuration.inferenceOptions }

  /// The images in the form to which the members have decoded them.
  private func cache(of dataset: Dataset) throws(ConfigurationError) -> ImageCache? {
    try images.cache(
      of: dataset, loading: configuration.validationLoading(model.preprocessing),
      execution: configuration.execution)
  }
}
