public import MillraceModels
package import MillracePipeline

/// The events of an ensemble's runs, in the order in which they happen.
public enum EnsembleEvent: Sendable {
  /// The data is found; no member has begun yet.
  case started(EnsembleStart)
  /// The training of a member is about to begin or to go on.
  case memberStarted(EnsembleMember)
  /// An event of a member's own run.
  case member(EnsembleMember, TrainingEvent)
  /// A member is trained, perhaps before a resume.
  case memberFinished(MemberResult)
  /// The finished members have examined this many images.
  case examining(images: Int)
  /// A notice for people that is not an error, in one line.
  case notice(String)
  /// How the members do together; only where there are images that they were not trained on.
  case examined(EnsembleExamination)
  /// Everything is done and the model has been saved.
  case finished(EnsembleSummary)
}

/// An observer of the events of an ensemble's runs, which is called on the thread that trains.
public protocol EnsembleObserver: AnyObject {
  /// Takes an event. An error that it throws stops the run under way.
  func receive(_ event: EnsembleEvent) throws
}

/// The plan of an ensemble's runs that are about to start.
public struct EnsembleStart: Sendable {
  /// The folder of all runs, or nil where nothing is written.
  public var folder: String?
  /// The resolved configuration, without a member's number.
  public var configuration: TrainingConfiguration
  /// The classes, by index.
  public var classes: [String]
  /// The number of training images of each class; in a cross-validation of all images, since some member is trained
  /// on each.
  public var trainingCounts: [Int]
  /// The identity of the images that the members are validated on together: the same text for the same images; nil
  /// without validation.
  public var validationIdentity: String?
  /// The number of members.
  public var memberCount: Int
}

/// One of the networks of an ensemble.
public struct EnsembleMember: Sendable, Hashable, Codable {
  /// The member's number, from 1; in a cross-validation that of the fold that it is not trained on.
  public var number: Int
  /// The number of members.
  public var count: Int
  /// The seed from which everything random in its training follows.
  public var seed: UInt64
}

/// How the training of a member ended.
public struct MemberResult: Sendable {
  /// The member.
  public var member: EnsembleMember
  /// The member's folder, or nil where nothing was written.
  public var folder: String?
  /// The best epoch's report.
  public var best: EpochReport
  /// The number of epochs done.
  public var epochs: Int
  /// The seconds of the member's run.
  public var seconds: Double
  /// Files that could not be used, each once.
  public var skipped: [SkippedSample]
  /// The number of files that were used although the decoder complained of them.
  public var warned: Int
}

/// How an ensemble's runs ended.
public struct EnsembleSummary: Sendable {
  /// The folder of all runs, or nil where nothing was written.
  public var folder: String?
  /// The model file, or nil where nothing was written.
  public var modelPath: String?
  /// The model: every member's best weights.
  public var model: Model
  /// The result of each member.
  public var members: [MemberResult]
  /// How the members do together, before a refit; nil where there are no images that they were not trained on, or
  /// where nothing was written and the refit has replaced the networks of before.
  public var examination: EnsembleExamination?
  /// Files that some member could not use, each once.
  public var skipped: [SkippedSample]
  /// The number of files that were used although the decoder complained of them.
  public var warned: Int
  /// What the probabilities of all together were fitted by, to validation images at the end; nil where they were not.
  public var calibration: TemperatureFit?
  /// How the model does on images kept for a test; nil where that was not asked for.
  public var test: TestResult?

  /// The validation accuracy of the members; nil without validation.
  package var memberAccuracy: MeanDeviation? {
    examination?.outOfFold?.accuracy ?? MeanDeviation(members.compactMap { $0.best.validation?.accuracy })
  }

  /// The seconds of all runs together.
  public var seconds: Double { members.reduce(0) { $0 + $1.seconds } }
}
