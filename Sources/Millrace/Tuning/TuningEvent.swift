/// What a search for better settings tells whoever watches it, in the order in which it happens.
public enum TuningEvent: Sendable {
  /// What happens while the speed of the automatic choice is measured, for a budget of time.
  case measuring(TrainingEvent)
  /// The plan is made, or a search goes on from what it has left.
  case started(TuningRecord)
  /// A candidate's training begins or goes on.
  case jobStarted(HalvingState.Job, TuningRecord)
  /// What happens in it.
  case training(HalvingState.Job, TrainingEvent)
  /// The candidate has been judged at the end of a rung.
  case judged(HalvingState.Job, TuningRecord)
  /// The search is over, and the winner's configuration stands on disk.
  case finished(TuningRecord)
}

/// Who is told of the events of a search, on the thread that trains.
public protocol TuningObserver: AnyObject {
  /// Takes an event. An error stops the search.
  func receive(_ event: TuningEvent) throws
}
