public import MillraceTraining

/// The events of a search for better settings, in the order in which they happen.
public enum TuningEvent: Sendable {
  /// An event of the training that measures the speed of the automatic choice, for a budget of time.
  case measuring(TrainingEvent)
  /// The plan is made, or a resumed search goes on.
  case started(TuningRecord)
  /// A candidate's training begins or goes on.
  case jobStarted(HalvingState.Job, TuningRecord)
  /// An event of a candidate's training.
  case training(HalvingState.Job, TrainingEvent)
  /// The candidate has been judged at the end of a rung.
  case judged(HalvingState.Job, TuningRecord)
  /// The search is over, and the winner's configuration has been saved.
  case finished(TuningRecord)
}

/// An observer of a search's events, which is called on the thread that trains.
public protocol TuningObserver: AnyObject {
  /// Takes an event. An error that it throws stops the search.
  func receive(_ event: TuningEvent) throws
}
