public import MillracePipeline
import MillraceThreads

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Predictions of images whose paths come one after another: the workers, the weights and the memory of a pass are kept
/// from one to the next.
public final class PredictionStream {
  /// The most paths that are worth handing over at once: more are no faster.
  public static let portion = Model.evaluationBatchSize

  private let model: Model
  private let topK: Int
  private let options: InferenceOptions
  private let team: WorkerTeam
  private let prepared: PreparedInference
  /// Nil where nothing is to be explained.
  private let explainer: Explainer?

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - model: Who predicts.
  ///   - topK: How many classes to name for each image, at least 1.
  ///   - options: How the model is run.
  /// - Throws: ``ConfigurationError`` for an option out of range.
  public init(_ model: Model, topK: Int = 1, options: InferenceOptions = InferenceOptions()) throws {
    try options.validate()
    self.model = model
    self.topK = topK
    self.options = options
    team = try WorkerTeam(count: options.execution.resolvedWorkers, name: "worker")
    prepared = PreparedInference(
      model, capacity: Model.evaluationBatchSize, team: team, precision: options.precision,
      keepsFeatures: options.givesFeatures)
    explainer = options.explains ? Explainer(model, options: options, team: team) : nil
  }

  deinit { team.shutdown() }

  /// Predicts some images.
  ///
  /// - Parameters:
  ///   - paths: Files, and folders of files, in any depth. One that does not exist, or a folder that cannot be listed,
  ///     is told as a failure in its place; so are folders where none of the paths leads to a file.
  ///   - each: Is handed each image's prediction, or why there is none, in the order of the paths.
  /// - Throws: What `each` throws.
  public func predict(_ paths: [String], each: (Result<Prediction, BadSample>) throws -> Void) throws {
    try predict(paths.map { Array($0.utf8) }, each: each)
  }

  /// The same for paths as the system knows them: any bytes but zero.
  public func predict(_ paths: [[UInt8]], each: (Result<Prediction, BadSample>) throws -> Void) throws {
    var present: [[UInt8]] = []
    for path in paths {
      guard let reason = reasonMissing(path) else {
        present.append(path)
        continue
      }
      // What comes before it is told before it.
      try predictPresent(present, each: each)
      present = []
      try each(.failure(BadSample(path: PathName.shown(path), reason: reason)))
    }
    try predictPresent(present, each: each)
  }

  private func reasonMissing(_ path: [UInt8]) -> String? {
    if path.contains(0) {
      return "holds a zero byte, which no path does; --null is for paths that end with one"
    }
    if withSystemPath(path, { access($0, F_OK) }) == 0 { return nil }
    return "\(String(cString: strerror(errno))); check the path"
  }

  private func predictPresent(
    _ paths: [[UInt8]], each: (Result<Prediction, BadSample>) throws -> Void
  ) throws {
    let dataset: Dataset
    do throws(DatasetError) {
      dataset = try Dataset.unlabelled(paths)
    } catch {
      // One of them cannot be listed, or went away just now: each by itself, it shows which.
      if paths.count > 1 {
        for path in paths { try predictPresent([path], each: each) }
      } else {
        let (path, text) = (PathName.shown(paths.joined()), error.description)
        let reason = text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text
        try each(.failure(BadSample(path: path, reason: reason)))
      }
      return
    }
    if dataset.count == 0 {
      let reason = "holds no file; give images, or folders of images"
      for path in paths { try each(.failure(BadSample(path: PathName.shown(path), reason: reason))) }
      return
    }
    let loader = explainer?.loader(for: dataset)
    _ = try model.forEachOutcome(of: dataset, labelled: false, options: options, with: prepared) {
      var result = model.prediction($0, of: dataset, topK: topK, options: options)
      if let explainer, let loader, case .scored(let sample, _, _, _) = $0,
        case .success(var prediction) = result
      {
        prediction.explanation = try explainer.explain(loader.row(of: sample, epoch: 0))
        result = .success(prediction)
      }
      try each(result)
    }
  }
}
