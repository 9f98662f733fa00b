import MillraceModels
import MillraceNetwork
import MillraceTraining

/// What a report shows of an ensemble in addition to what it shows of any run.
struct EnsembleRecord: Sendable, Codable {
  /// The number of members.
  var memberCount: Int
  /// Whether the members are the networks of a cross-validation.
  var isCrossValidation: Bool
  /// The members that are done, and last the one under way.
  var members: [Member] = []
  /// How the members do together on images that they were not trained on; nil where there are none, or not yet.
  var together: Together?

  /// The state of a member.
  struct Member: Sendable, Codable {
    /// The member's number, from 1.
    var number: Int
    var seed: UInt64
    /// The member's best epoch; nil before the first is done.
    var best: EpochReport?
    /// The number of epochs done.
    var epochs: Int
    /// The seconds of the member's run; nil before its end.
    var seconds: Double?
  }

  /// The figures of all members together.
  struct Together: Sendable, Codable {
    var figures: LossSum
    /// The accuracy over the folds.
    var accuracy: MeanDeviation?
    /// The number of suspect labels in a cross-validation.
    var suspectCount: Int?
    /// The most suspect labels.
    var suspects: [RunRecord.RecordedMistake]
  }

  init(_ start: EnsembleStart) {
    memberCount = start.memberCount
    isCrossValidation = start.configuration.folds > 1
  }

  /// Stores the state of a member, in the place of an earlier one.
  mutating func take(_ member: Member) {
    members.removeAll { $0.number == member.number }
    members.append(member)
  }

  /// The accuracy over the folds, or of the members, each by itself; nil without validation.
  var accuracy: MeanDeviation? {
    together?.accuracy ?? MeanDeviation(members.compactMap { $0.best?.validation?.accuracy })
  }

  /// The word for a member.
  var noun: String { isCrossValidation ? "fold" : "member" }
}

extension EnsembleRecord.Member {
  init(_ member: EnsembleMember, _ record: RunRecord) {
    self.init(
      number: member.number, seed: member.seed, best: record.best, epochs: record.search.count, seconds: nil)
  }

  init(_ result: MemberResult) {
    self.init(
      number: result.member.number, seed: result.member.seed, best: result.best, epochs: result.epochs,
      seconds: result.seconds)
  }
}

extension EnsembleRecord.Together {
  init(_ examination: EnsembleExamination) {
    let evaluation = examination.evaluation
    var figures = LossSum()
    (figures.count, figures.correct) = (evaluation.count, evaluation.correct)
    figures.loss = evaluation.loss * Double(evaluation.count)
    self.init(
      figures: figures,
      accuracy: examination.outOfFold?.accuracy,
      suspectCount: examination.outOfFold?.suspectCount,
      suspects: examination.suspects.map(RunRecord.RecordedMistake.init))
  }
}

extension RunRecord {
  /// Begins with the plan of an ensemble's runs.
  init(_ start: EnsembleStart) {
    self.init(
      settings: start.configuration.resolvedSettings.map(Setting.init), classes: start.classes, network: nil,
      parameterCount: nil)
    trainingCount = start.trainingCounts.reduce(0, +)
    (trainingCounts, validationSet) = (start.trainingCounts, start.validationIdentity)
    ensemble = EnsembleRecord(start)
  }

  /// Adds what the members show together.
  mutating func add(_ examination: EnsembleExamination) {
    let evaluation = examination.evaluation
    ensemble?.together = EnsembleRecord.Together(examination)
    validationCount = evaluation.count
    let isShown = evaluation.confusion.classCount <= ValidationExamination.largestConfusion
    var seen = Validation(
      ValidationExamination(
        confusion: isShown ? evaluation.confusion : nil, mistakes: evaluation.mistakes,
        calibration: evaluation.calibration), epoch: 0)
    seen.subject =
      examination.outOfFold != nil
      ? "Each image by the network that was not trained on it"
      : "All networks together on the validation images"
        + (hasRefit ? ", before they were trained on these, too" : "")
    validation = seen
  }

  /// Whether the model was trained afresh on all images after the training that was validated.
  var hasRefit: Bool { !refit.isEmpty || (ensemble != nil && text(of: "refit") == "true") }

  /// An ensemble's figures in the place of those of a run's best epoch: the validation of all members together, and
  /// the training of each.
  var ensembleBest: EpochReport? {
    guard let ensemble, !ensemble.members.isEmpty else { return nil }
    let best = ensemble.members.compactMap(\.best)
    var report = EpochReport(epoch: best.map(\.epoch).max() ?? 0, epochs: best.first?.epochs ?? 0)
    for member in best { report.training += member.training }
    report.validation = ensemble.together?.figures
    report.isBest = true
    return report
  }

  /// The mean of each epoch's figures over the members that have come so far.
  static func meanEpochs(of members: [RunRecord]) -> [EpochReport] {
    let searches = members.map { Array($0.search) }
    return (0..<(searches.map(\.count).max() ?? 0)).map { epoch in
      let reports = searches.compactMap { epoch < $0.count ? $0[epoch] : nil }
      var mean = EpochReport(epoch: epoch, epochs: reports[0].epochs)
      var validation = LossSum()
      for report in reports {
        mean.training += report.training
        validation += report.validation ?? LossSum()
        mean.learningRate += report.learningRate / Double(reports.count)
        mean.seconds += report.seconds
        mean.imagesPerSecond += report.imagesPerSecond / Double(reports.count)
      }
      if validation.count > 0 { mean.validation = validation }
      return mean
    }
  }
}
