/// What the runs of an ensemble tell whoever watches them, in the order in which it happens.
public enum EnsembleEvent: Sendable {
  /// The data is found; no member is begun yet.
  case started(EnsembleStart)
  /// A member is about to be trained, or gone on with.
  case memberStarted(EnsembleMember)
  /// What a member's own run tells.
  case member(EnsembleMember, TrainingEvent)
  /// A member's model stands, perhaps from before a resume.
  case memberFinished(MemberResult)
  /// So many images were looked at by the finished members.
  case examining(images: Int)
  /// Something a person should know that is no error, in one line.
  case notice(String)
  /// How the members do together; only where there are images that they were not trained on.
  case examined(EnsembleExamination)
  /// All is over and the model stands on disk.
  case finished(EnsembleSummary)
}

/// Who is told of the events of an ensemble's runs, on the thread that trains.
public protocol EnsembleObserver: AnyObject {
  /// Takes an event. An error stops the run under way.
  func receive(_ event: EnsembleEvent) throws
}

/// What an ensemble's runs are about to do.
public struct EnsembleStart: Sendable {
  /// The folder of all, or nil where nothing is written.
  public var folder: String?
  /// The resolved configuration, of no member.
  public var configuration: TrainingConfiguration
  /// The classes, by index.
  public var classes: [String]
  /// The training images of each class; of a cross-validation all images, for each is trained on by some member.
  public var trainingCounts: [Int]
  /// What the members are validated on together: the same text for the same images; nil without validation.
  public var validationIdentity: String?
  /// How many members there are.
  public var memberCount: Int
}

/// One of the networks of an ensemble.
public struct EnsembleMember: Sendable, Hashable, Codable {
  /// Its number, from 1; of a cross-validation that of the fold that it is not trained on.
  public var number: Int
  /// How many there are.
  public var count: Int
  /// What everything random in its training follows from.
  public var seed: UInt64
}

/// How the training of a member ended.
public struct MemberResult: Sendable {
  /// Which it is.
  public var member: EnsembleMember
  /// Its folder, or nil where nothing was written.
  public var folder: String?
  /// The best epoch's report.
  public var best: EpochReport
  /// Epochs done.
  public var epochs: Int
  /// Seconds of its run.
  public var seconds: Double
  /// Files that could not be used, each once.
  public var skipped: [SkippedSample]
  /// Files that were used although the decoder complained of them.
  public var warned: Int
}

/// How an ensemble's runs ended.
public struct EnsembleSummary: Sendable {
  /// The folder of all, or nil where nothing was written.
  public var folder: String?
  /// The model file, or nil where nothing was written.
  public var modelPath: String?
  /// The model: every member's best weights.
  public var model: Model
  /// What came of each member.
  public var members: [MemberResult]
  /// How they do together, before a refit; nil where there are no images that they were not trained on, or where nothing
  /// was written and the refit has left nothing of what was before.
  public var examination: EnsembleExamination?
  /// Files that could not be used by any of them, each once.
  public var skipped: [SkippedSample]
  /// Files that were used although the decoder complained of them.
  public var warned: Int
  /// How the model does on images kept for a test; nil where that was not asked for.
  public var test: TestResult?

  /// The validation accuracy of the members; nil without validation.
  public var memberAccuracy: MeanDeviation? {
    examination?.outOfFold?.accuracy ?? MeanDeviation(members.compactMap { $0.best.validation?.accuracy })
  }

  /// Seconds of all runs together.
  public var seconds: Double { members.reduce(0) { $0 + $1.seconds } }
}
