public import MillraceModels
public import MillraceNetwork
public import MillracePipeline

/// The events of a training run, in the order in which they happen.
public enum TrainingEvent: Sendable {
  /// The data is found and the network is built; no step is done yet.
  case started(TrainingStart)
  /// Some training images were read to measure the normalisation; this happens before the start.
  case measuring(images: Int)
  /// A notice for people that is not an error, in one line.
  case notice(String)
  /// The first images of the first minibatch, as they are trained on; once in each process that works on a
  /// run.
  case samplesDrawn([TrainingSample])
  /// A minibatch step is done. There are many of them: keep your reaction short.
  case stepFinished(StepReport)
  /// A minibatch of the validation after an epoch is done.
  case validating(images: Int)
  /// Samples were decoded with warnings, and are used. They are numbered from 0 through the training samples,
  /// then the validation samples.
  case decodedWithWarnings(samples: [Int32])
  /// A file could not be used. Its sample is numbered like those that were decoded with warnings.
  case fileSkipped(SkippedSample)
  /// An epoch's weights and validation in more detail; ``epochFinished(_:)`` follows.
  case epochExamined(EpochExamination)
  /// An epoch and its validation are done.
  case epochFinished(EpochReport)
  /// A checkpoint has been saved.
  case checkpointSaved(path: String)
  /// The run is over and its model has been saved.
  case finished(TrainingSummary)
}

/// An observer of a run's events, which is called on the thread that trains.
public protocol TrainingObserver: AnyObject {
  /// Takes an event. An error that it throws stops the run.
  func receive(_ event: TrainingEvent) throws
}

/// The plan of a run that is about to start.
public struct TrainingStart: Sendable {
  /// The run's folder, or nil where nothing is written.
  public var folder: String?
  /// The resolved configuration.
  public var configuration: TrainingConfiguration
  /// The classes, by index.
  public var classes: [String]
  /// The number of training images.
  public var trainingCount: Int
  /// The number of validation images; 0 without validation.
  public var validationCount: Int
  /// The number of training images of each class, by index; nil where it is not known.
  public var trainingCounts: [Int]?
  /// A text that is the same for the same validation images, by their names; nil without validation.
  public var validationIdentity: String?
  /// The network to train.
  public var network: NetworkConfiguration
  /// The number of trained parameters.
  public var parameterCount: Int
  /// The steps of each epoch.
  public var stepsPerEpoch: Int
  /// The epoch that the run begins at: 0, or later after a resume.
  public var firstEpoch: Int
  /// The minibatch of that epoch, from 0.
  public var firstMinibatch = 0
  /// The number of epochs that were announced before, by the run that is resumed.
  public var epochsTold = 0
  /// The files that the run could not use before it was resumed.
  public var skipped: [SkippedSample] = []
}

/// The state of a run after a step.
public struct StepReport: Sendable {
  /// The report of the epoch so far.
  public var epoch: EpochReport
  /// The steps done in this epoch, from 1.
  public var step: Int
  /// The steps of this epoch.
  public var stepsPerEpoch: Int
}

/// The figures of an epoch: a row of `metrics.csv`.
public struct EpochReport: Sendable, Codable {
  /// The epoch, from 0.
  public var epoch: Int
  /// The epochs of the run.
  public var epochs: Int
  /// The phase of dense-sparse-dense training; nil where that was not asked for.
  public var phase: DenseSparseDense.Phase?
  /// The loss over the epoch's minibatches, each measured before its step.
  public var training = LossSum()
  /// The loss on the validation images after the epoch; nil without validation.
  public var validation: LossSum?
  /// The learning rate of the last step.
  public var learningRate = 0.0
  /// The seconds of training, without validation.
  public var seconds = 0.0
  /// The training images for each second.
  public var imagesPerSecond = 0.0
  /// The share of the time for which the workers waited for a minibatch, from 0 to 1.
  public var computeWait = 0.0
  /// The share of the loaders' time for which they waited for room, from 0 to 1.
  public var loaderWait = 0.0
  /// Whether this epoch's weights are the best so far.
  public var isBest = false
  /// The figures of the network; nil until the epoch's last full minibatch.
  public var statistics: NetworkStatistics?
  /// How several ranks spend the time; nil where one process trains alone.
  package var ranks: RankReport?

  /// The report of an epoch in which nothing has happened yet.
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
  /// The report of the refit's last epoch, for whose weights no validation images were left; nil without a
  /// refit.
  public var refit: EpochReport?
  /// The number of epochs done, including those of a refit.
  public var epochs: Int
  /// The seconds of the whole run.
  public var seconds: Double
  /// Files that could not be used, each once.
  public var skipped: [SkippedSample]
  /// The number of files that were used although the decoder complained of them.
  public var warned = 0
  /// What the model's probabilities were fitted by, to validation images at the end; nil where they were not.
  public var calibration: TemperatureFit?
  /// How the model does on images kept for a test; nil where that was not asked for.
  public var test: TestResult?
}
