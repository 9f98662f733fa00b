public import MillracePipeline
import MillraceThreads

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Predictions of images whose paths come one after another: threads and memory are kept from one to the next.
public final class PredictionStream {
  /// The most paths that are worth handing over at once: more are no faster.
  public static let portion = Model.evaluationBatchSize

  private let model: Model
  private let topK: Int
  private let options: InferenceOptions
  private let team: WorkerTeam

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
  }

  deinit { team.shutdown() }

  /// Predicts some images.
  ///
  /// - Parameters:
  ///   - paths: Files, and folders of files, in any depth. What does not exist is told as a failure in its place.
  ///   - each: Is handed each image's prediction, or why there is none, in the order of the paths.
  /// - Throws: `DatasetError` for a folder that cannot be read, or what `each` throws.
  public func predict(_ paths: [String], each: (Result<Prediction, BadSample>) throws -> Void) throws {
    var present: [String] = []
    func predictPresent() throws {
      if present.isEmpty { return }
      let dataset = try Dataset.unlabelled(present)
      present = []
      if dataset.count == 0 { return }
      _ = try model.forEachOutcome(of: dataset, labelled: false, options: options, on: team) {
        try each(model.prediction($0, of: dataset, topK: topK))
      }
    }
    for path in paths {
      if access(path, F_OK) == 0 {
        present.append(path)
      } else {
        // What comes before it is told before it.
        let reason = String(cString: strerror(errno))
        try predictPresent()
        try each(.failure(BadSample(path: path, reason: "\(reason); check the path")))
      }
    }
    try predictPresent()
  }
}
