/// Hands the events of a member's run to the observers of the ensemble.
final class MemberObserver: TrainingObserver {
  private let tell: (TrainingEvent) throws -> Void

  init(_ tell: @escaping (TrainingEvent) throws -> Void) { self.tell = tell }

  func receive(_ event: TrainingEvent) throws { try tell(event) }
}

extension MemberResult {
  init(_ member: EnsembleMember, _ summary: TrainingSummary) {
    self.init(
      member: member, folder: summary.folder, best: summary.best, epochs: summary.epochs,
      seconds: summary.seconds, skipped: summary.skipped, warned: summary.warned)
  }
}
