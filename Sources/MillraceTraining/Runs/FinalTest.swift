public import MillraceModels
import MillracePipeline

/// How a run's model does on images that were neither trained on nor used to choose anything.
public struct TestResult: Sendable {
  /// The name of the images: a folder, a table, or the share that was kept.
  public let data: String
  /// The figures.
  public let evaluation: Evaluation
}

/// The images on which a run's model is measured once, at the end.
struct TestImages: Sendable {
  /// The images, with the labels of the training images; a class may have no image.
  let dataset: Dataset
  /// The name of the images.
  let name: String

  /// Finds the images that were kept for a test, or those that the data provide for one.
  ///
  /// - Throws: ``ConfigurationError`` where there are none, or `DatasetError`.
  init(_ configuration: TrainingConfiguration, _ folders: TrainingFolders) throws {
    let data = configuration.data
    if let fraction = configuration.testFraction {
      guard let kept = folders.test else {
        throw ConfigurationError(
          setting: "test-fraction",
          problem: "\(fraction) of the images of \(data) is less than one image; give a larger share")
      }
      (dataset, name) = (kept, "the \((1000 * fraction).rounded() / 10) % of \(data) kept for a test")
      return
    }
    guard let folder = folders.tree.testFolder else {
      throw ConfigurationError(
        setting: "evaluate-test",
        problem:
          "has no images to measure on: \(data) has no folder test and no table with a split test; set test-fraction "
          + "to a share of the images, or leave it out")
    }
    let classes = folders.tree.training.classes
    if folders.tree.isTable {
      dataset = try MeasuredImages(data, labels: configuration.labels, classes: classes).dataset
      name = "\(configuration.labels ?? data), split test"
    } else {
      name = data + (data.hasSuffix("/") ? "" : "/") + folder
      dataset = try MeasuredImages(name, classes: classes).dataset
    }
  }

  /// Measures a model.
  ///
  /// Files that cannot be used are left out, whatever `on-bad-file` says: they must not cost the trained
  /// model.
  ///
  /// - Parameter tell: Is called now and then with the number of images done. An error that it throws ends
  ///   the measurement.
  /// - Throws: `DatasetError` where none of the images can be read.
  func measure(
    _ model: Model, _ configuration: TrainingConfiguration, tell: (Int) throws -> Void
  ) throws -> TestResult {
    var count = 0
    let evaluation = try model.evaluate(dataset, options: configuration.inferenceOptions) { _ in
      count += 1
      if count.isMultiple(of: Model.evaluationBatchSize) { try tell(count) }
    }
    return TestResult(data: name, evaluation: evaluation)
  }
}

extension Optional where Wrapped == TestImages {
  /// Measures a model where that was asked for, on the first process alone; every rank must call this.
  ///
  /// - Parameters:
  ///   - tell: Is called now and then with the number of images done. An error that it throws ends the
  ///     measurement.
  ///   - note: Gets the reason where none of the images can be read and there is no result.
  func measure(
    _ model: Model, _ configuration: TrainingConfiguration, ranks: Ranks, tell: (Int) throws -> Void,
    note: (String) throws -> Void
  ) throws -> TestResult? {
    try ranks.together { () throws -> TestResult? in
      guard let self, ranks.isFirst else { return nil }
      do {
        return try self.measure(model, configuration, tell: tell)
      } catch let error as DatasetError {
        try note("evaluate-test: \(error)")
        return nil
      }
    }
  }
}

extension TrainingConfiguration {
  /// How a run's own model is run over images at its end. Files that cannot be used are left out, whatever `on-bad-file`
  /// says: what was trained is not lost by them.
  var inferenceOptions: InferenceOptions {
    var options = InferenceOptions()
    options.reading = reading
    options.reading.onBadFile = .skip
    options.execution = execution
    return options
  }
}
