import MillraceNetwork
public import MillraceTraining

/// Shows the runs of an ensemble to the person who started them: the first run like a run by itself; of the others,
/// only what differs, and how each ended.
public final class EnsembleProgress: EnsembleObserver {
  private let reporter: ProgressReporter
  private var noun = "member"
  /// Whether an epoch is kept because it is the best one.
  private var choosesEpoch = true
  private var isFirst = true

  /// Shows runs.
  ///
  /// - Parameters:
  ///   - detail: How much is shown.
  ///   - terminal: Where it is shown; by default on standard error.
  public init(_ detail: ProgressReporter.Detail = .normal, on terminal: Terminal = .standardError()) {
    reporter = ProgressReporter(detail, on: terminal)
  }

  /// Shows an event.
  public func receive(_ event: EnsembleEvent) {
    switch event {
    case .started(let start):
      let isCrossValidation = start.configuration.folds > 1
      noun = isCrossValidation ? "fold" : "member"
      choosesEpoch = start.configuration.optimization.earlyStopping.metric != .last
      reporter.tell(
        isCrossValidation
          ? "cross-validation in \(start.memberCount) folds, whose networks become one model"
          : "ensemble of \(start.memberCount) networks, which become one model")
    case .memberStarted(let member):
      reporter.place = ProgressReporter.Place(
        name: name(member), follow: member.count - member.number, seed: member.seed, isFirst: isFirst)
      isFirst = false
    case .member(_, let event): reporter.receive(event)
    case .memberFinished(let result):
      let accuracy = result.best.validation.map {
        ", validation accuracy \(Figures.accuracy(correct: $0.correct, of: $0.count))"
      }
      let epochs =
        choosesEpoch
        ? "best epoch \(result.best.epoch + 1) of \(result.epochs)" : Figures.count(result.epochs, "epoch")
      reporter.tell("\(name(result.member)) done: \(epochs)\(accuracy ?? "")")
    case .examining: break
    case .notice(let text): reporter.receive(.notice(text))
    case .examined, .finished: close()
    }
  }

  /// Removes the line that is being redrawn, so that something else can be written. It may be called at any time.
  public func close() { reporter.close() }

  private func name(_ member: EnsembleMember) -> String { "\(noun) \(member.number)/\(member.count)" }
}
