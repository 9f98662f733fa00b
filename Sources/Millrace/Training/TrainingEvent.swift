public import MillraceNetwork
public import MillracePipeline

/// What a training run tells whoever watches it, in the order in which it happens.
public enum TrainingEvent: Sendable {
  /// The data is found and the network is built; no step is done yet.
  case started(TrainingStart)
  /// Some training images were read to measure the normalisation; it happens before the start.
  case measuring(images: Int)
  /// Something a person should know that is no error, in one line.
  case notice(String)
  /// The first images of the first minibatch, as they are trained on; once in each process that works on a run.
  case samplesDrawn([TrainingSample])
  /// A minibatch step is done. There are many: keep what you do with it short.
  case stepFinished(StepReport)
  /// A minibatch of the validation after an epoch is done.
  case validating(images: Int)
  /// Samples were decoded with warnings, and are used: numbered from 0 through those trained on, then those validated
  /// on.
  case decodedWithWarnings(samples: [Int32])
  /// A file could not be used. Its sample is numbered as those that were decoded with warnings.
  case fileSkipped(SkippedSample)
  /// An epoch's weights and validation in more detail; ``epochFinished(_:)`` follows.
  case epochExamined(EpochExamination)
  /// An epoch and its validation are done.
  case epochFinished(EpochReport)
  /// A checkpoint stands on disk.
  case checkpointSaved(path: String)
  /// The run is over and its model stands on disk.
  case finished(TrainingSummary)
}

/// Who is told of the events of a run, on the thread that trains.
public protocol TrainingObserver: AnyObject {
  /// Takes an event. An error stops the run.
  func receive(_ event: TrainingEvent) throws
}

/// What a run is about to do.
public struct TrainingStart: Sendable {
  /// The run's folder, or nil where nothing is written.
  public var folder: String?
  /// The resolved configuration.
  public var configuration: TrainingConfiguration
  /// The classes, by index.
  public var classes: [String]
  /// Images trained on.
  public var trainingCount: Int
  /// Images validated on; 0 without validation.
  public var validationCount: Int
  /// Images trained on of each class, by index; nil where it is not told.
  public var trainingCounts: [Int]?
  /// The same text for the same validation images, by their names; nil without validation.
  public var validationIdentity: String?
  /// What is trained.
  public var network: NetworkConfiguration
  /// The number of trained parameters.
  public var parameterCount: Int
  /// Steps an epoch.
  public var stepsPerEpoch: Int
  /// The epoch that the run begins at: 0, or later after a resume.
  public var firstEpoch: Int
  /// The minibatch of that epoch, from 0.
  public var firstMinibatch = 0
  /// How many epochs were told of before, by the run that is resumed.
  public var epochsTold = 0
  /// The files that the run that is resumed could not use.
  public var skipped: [SkippedSample] = []
}

/// How a run stands after a step.
public struct StepReport: Sendable {
  /// The epoch so far.
  public var epoch: EpochReport
  /// Steps done in this epoch, from 1.
  public var step: Int
  /// Steps of this epoch.
  public var stepsPerEpoch: Int
}

/// An epoch in figures: a row of `metrics.csv`.
public struct EpochReport: Sendable, Codable {
  /// The epoch, from 0.
  public var epoch: Int
  /// Epochs of the run.
  public var epochs: Int
  /// What dense-sparse-dense training does in it; nil where that is not asked for.
  public var phase: DenseSparseDense.Phase?
  /// The loss over the epoch's minibatches, each as it was before its step.
  public var training = LossSum()
  /// The loss on the validation images after the epoch; nil without validation.
  public var validation: LossSum?
  /// The learning rate of the last step.
  public var learningRate = 0.0
  /// Seconds of training, without validation.
  public var seconds = 0.0
  /// Training images a second.
  public var imagesPerSecond = 0.0
  /// The share of the time that the workers waited for a minibatch, from 0 to 1.
  public var computeWait = 0.0
  /// The share of the loaders' time that they waited for room, from 0 to 1.
  public var loaderWait = 0.0
  /// Whether this epoch's weights are the best so far.
  public var isBest = false
  /// The network in figures; nil until the epoch's last full minibatch.
  public var statistics: NetworkStatistics?
  /// How several ranks share the time; nil where one process trains alone.
  public var ranks: RankReport?

  /// The report of an epoch in which nothing has happened.
  public init(epoch: Int, epochs: Int, phase: DenseSparseDense.Phase? = nil) {
    self.epoch = epoch
    self.epochs = epochs
    self.phase = phase
  }
}

/// How a run ended.
public struct TrainingSummary: Sendable {
  /// The run's folder, or nil where nothing was written.
  public var folder: String?
  /// The model file, or nil where nothing was written.
  public var modelPath: String?
  /// The model: the best epoch's weights, or those of the refit.
  public var model: Model
  /// The best epoch's report.
  public var best: EpochReport
  /// The report of the refit's last epoch, whose weights nothing was left to validate on; nil without a refit.
  public var refit: EpochReport?
  /// Epochs done, those of a refit included.
  public var epochs: Int
  /// Seconds of the whole run.
  public var seconds: Double
  /// Files that could not be used, each once.
  public var skipped: [SkippedSample]
  /// Files that were used although the decoder complained of them.
  public var warned = 0
  /// How the model does on images kept for a test; nil where that was not asked for.
  public var test: TestResult?
}
