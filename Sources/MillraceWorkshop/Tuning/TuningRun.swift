import Foundation
import MillraceModels
import MillraceThreads
public import MillraceTraining

/// A search for better settings than the automatic choice, by successive halving, and the winner's training.
///
/// ```swift
/// let tuning = try TuningRun(configuration, TuningOptions(budget: .seconds(1200)))
/// let record = try tuning.search()
/// let summary = try tuning.finalRun()?.train()
/// ```
///
/// The best candidate counts as better where it gets more images right than chance explains
/// (`McNemarTest`); no candidate was chosen by these images. Otherwise the automatic choice stays.
public final class TuningRun {
  /// The configuration that is moved from, with everything chosen.
  public let automatic: TrainingConfiguration
  /// The folder of the search.
  public let folder: TuningFolder
  /// Notices for people before the start.
  public let notices: [String]
  /// What is known of the search; nil before the plan is made.
  public private(set) var record: TuningRecord?

  /// What was prepared; nil for a search that is resumed.
  private let preparation: TuningPreparation?
  private let images: SharedImages
  private let searchImages: SearchImages
  /// The lock on the folder until the search is over.
  private let lock: FolderLock?
  /// Whether this search made the folder of all searches: it removes the folder again if it leaves nothing in
  /// it.
  private let madeOutput: Bool
  /// The moment until which the record's seconds count: at first the present one.
  private var counted = MonotonicClock.now()

  /// Finds the data, makes the automatic choices, and creates the folder.
  ///
  /// - Parameters:
  ///   - configuration: The configuration that is moved from; settings that were given stay.
  ///   - options: The options of the search.
  ///   - output: The folder of all searches.
  ///   - name: The search's name; nil: the next number.
  /// - Throws: `ConfigurationError`, `DatasetError` or `FileError`; then no folder was created.
  public init(
    _ configuration: TrainingConfiguration, _ options: TuningOptions, output: String = "tunings",
    name: String? = nil
  ) throws {
    let preparation = try TuningPreparation(configuration, options)
    try requireOutside(output, of: preparation.data, configuration)
    if case .steps(let steps) = options.budget { record = try preparation.record(steps: steps) }
    self.preparation = preparation
    (automatic, images, searchImages) = (
      preparation.automatic, preparation.images, preparation.searchImages
    )
    notices = preparation.data.notices
    madeOutput = !FileManager.default.fileExists(atPath: output)
    folder = try TuningFolder.create(in: output, name: name)
    lock = FolderLock(folder.path)
  }

  /// Takes up a search that was interrupted, and goes on to the same result that it would have had.
  ///
  /// - Parameters:
  ///   - path: The search's folder.
  ///   - change: May change settings that do not affect the result: threads, paths, the checkpoint interval.
  /// - Throws: ``TuningError`` or `ResumeError` where the search cannot go on, and all that
  ///   ``init(_:_:output:name:)`` throws.
  public init(
    resuming path: String, changing change: (inout TrainingConfiguration) throws -> Void = { _ in }
  ) throws {
    folder = TuningFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    let record = try TuningRecord(of: folder)
    lock = FolderLock(folder.path)
    if lock == nil { throw TuningError.inUse(path: folder.path) }
    let before = try record.automaticConfiguration(path: folder.record)
    var wanted = before
    try change(&wanted)
    try wanted.takeChoices(from: before)
    try wanted.validate()
    try before.requireSameResult(wanted, path: folder.path)
    let isTrained =
      record.plan.finalEpochs == 0 || FileManager.default.fileExists(atPath: folder.final.model)
    if record.verdict != nil, isTrained { throw TuningError.finished(path: folder.path) }
    images = SharedImages()
    let data = try images.data(for: wanted)
    searchImages = try SearchImages(data, wanted, images)
    let part = searchImages.parts[0]
    for (was, now) in [
      (record.trainingImages, part.training), (record.validationImages, part.validation),
    ] {
      guard let now, let difference = was.difference(to: DatasetIdentity(now)) else { continue }
      throw ResumeError.dataDiffers(path: folder.path, data: wanted.data, difference: difference)
    }
    guard record.plan.folds < searchImages.parts.count else { throw TuningError.damaged(path: folder.record) }
    (automatic, preparation, madeOutput) = (wanted, nil, false)
    self.record = record
    notices = data.notices
    DurableFile.removeTemporaries(in: folder.path)
  }

  // MARK: The search

  /// Searches to the end, or goes on where an earlier process was interrupted.
  ///
  /// - Parameter observers: Get every event, in order, on this thread.
  /// - Returns: All that is known at the end.
  /// - Throws: ``TuningError/allDiverged(candidates:)``, what a training throws, or what an observer throws.
  ///   What was learned until then is saved; a folder in which nothing was saved is removed.
  @discardableResult
  public func search(observers: [any TuningObserver] = []) throws -> TuningRecord {
    func tell(_ event: TuningEvent) throws { for observer in observers { try observer.receive(event) } }
    do {
      var record = try self.record ?? measured(tell)
      if record.state.results.isEmpty, record.epochsTrained == 0 { record.secondsBefore = spent }
      try DurableFile.write(try ConfigurationFile.text(of: automatic), to: folder.configuration)
      try save(&record)
      try tell(.started(record))
      while true {
        keepToTime(&record)
        guard let job = record.state.next else { break }
        try perform(job, in: &record, tell)
      }
      guard record.winner != nil else { throw TuningError.allDiverged(candidates: record.candidates.count) }
      let best = try bestConfiguration(in: record)
      try DurableFile.write(try ConfigurationFile.text(of: best), to: folder.best)
      if record.finalEpochs == nil {
        record.finalEpochs = try finalEpochs(of: best, in: record, tell)
        try save(&record)
      }
      try? FileManager.default.removeItem(atPath: folder.candidates)
      try tell(.finished(record))
      return record
    } catch {
      if !FileManager.default.fileExists(atPath: folder.record) {
        try? FileManager.default.removeItem(atPath: folder.path)
        if madeOutput { rmdir(splitPath(folder.path).folder) }
      }
      throw error
    }
  }

  /// The record of a search with a budget of time.
  private func measured(_ tell: (TuningEvent) throws -> Void) throws -> TuningRecord {
    guard let preparation, case .seconds(let seconds) = preparation.options.budget else {
      throw TuningError.nothingToResume(path: folder.path)
    }
    return try preparation.record(seconds: seconds, spent: { spent }, tell)
  }

  /// Trains a candidate to the end of a rung, and judges it.
  private func perform(
    _ job: HalvingState.Job, in record: inout TuningRecord, _ tell: (TuningEvent) throws -> Void
  ) throws {
    try tell(.jobStarted(job, record))
    let training = CandidateTraining(
      configuration: try record.configuration(of: job, from: automatic), folder: folder.training(of: job),
      epochs: record.state.epochs(of: job),
      isLast: job.fold > 0 || job.rung + 1 == record.state.rungs.count,
      data: searchImages.parts[job.fold], images: images)
    var reports: [EpochReport] = []
    let result = Result {
      try withoutActuallyEscaping(tell) { tell in
        try training.run { event in
          if case .epochFinished(let report) = event { reports.append(report) }
          try tell(.training(job, event))
        }
      }
    }
    record.epochsTrained += reports.count
    // The curves are those by which candidates were chosen.
    if job.fold == 0 { for report in reports { record.add(report, of: job.candidate) } }
    if case .success(let score) = result { record.state.add(score, of: job) }
    try save(&record)
    _ = try result.get()
    for candidate in record.candidates.indices where !record.state.mayGoOn(candidate) {
      let kept = folder.training(of: HalvingState.Job(candidate: candidate, rung: 0))
      try? FileManager.default.removeItem(atPath: kept.path)
    }
    if job.fold > 0 { try? FileManager.default.removeItem(atPath: folder.training(of: job).path) }
    try tell(.judged(job, record))
  }

  // MARK: Time

  /// The seconds of the search so far, including those of earlier processes.
  private var spent: Double { (record?.seconds ?? 0) + Double(MonotonicClock.now() - counted) * 1e-9 }

  /// Drops as much of the search as a budget of time does not hold, by the time that was needed so far: no
  /// earlier estimate is trusted for long.
  private func keepToTime(_ record: inout TuningRecord) {
    guard let budget = record.budgetSeconds, let speed = record.stepsPerSecond else { return }
    let training = record.plan.training
    let pace = secondsPerEpoch(in: record, expecting: speed)
    let full = Double(training.epochs * training.finalSteps) * pace / Double(training.searchSteps)
    let final = record.plan.finalEpochs > 0 ? min(full, TuningPlan.finalShare * budget) : 0
    record.state.shorten(to: (budget - spent - final) / pace)
  }

  /// The time that an epoch of the search has taken so far, including work that is not training, as if one
  /// more epoch had taken the time that was expected before the first.
  private func secondsPerEpoch(in record: TuningRecord, expecting stepsPerSecond: Double) -> Double {
    let expected = Double(record.plan.training.searchSteps) / stepsPerSecond
    return (max(0, spent - record.secondsBefore) + expected) / Double(record.epochsTrained + 1)
  }

  /// The share of the time for which the winner's speed is measured, and the share of the rest for which its
  /// training is planned: what remains is for work that is not training.
  private static let (measuringShare, plannedShare) = (0.02, 0.95)

  /// As many epochs of the winner's training as the budget holds.
  private func finalEpochs(
    of best: TrainingConfiguration, in record: TuningRecord, _ tell: (TuningEvent) throws -> Void
  ) throws -> Int {
    guard let budget = record.budgetSeconds, let expected = record.stepsPerSecond,
      record.plan.finalEpochs > 0
    else { return record.plan.finalEpochs }
    let pace = secondsPerEpoch(in: record, expecting: expected)
    // The winner's speed is measured as it will be trained, with all that is written.
    try? FileManager.default.removeItem(atPath: folder.candidates)
    let run = try TrainingRun(
      best.lasting(epochs: 1_000_000), output: folder.candidates, name: TuningFolder.finalName, ranks: .alone,
      images: images)
    let speed = try SpeedMeter.stepsPerSecond(
      of: run, measuring: min(20, max(0.5, budget * Self.measuringShare))
    ) { try tell(.measuring($0)) }
    // The machine may be less busy just now than usual; the search has seen more of it.
    let searched = Double(record.plan.training.searchSteps) / pace
    let steps = (budget - spent) * Self.plannedShare * min(searched, speed)
    return TuningPlan.finalEpochs(of: record.plan.training, within: steps)
  }

  private func save(_ record: inout TuningRecord) throws {
    let now = MonotonicClock.now()
    record.seconds += Double(now - counted) * 1e-9
    counted = now
    self.record = record
    try record.write(to: folder)
  }

  // MARK: The winner

  /// The winner's configuration: the automatic choice as it was given, or a candidate with every setting
  /// pinned.
  private func bestConfiguration(in record: TuningRecord) throws -> TrainingConfiguration {
    guard let winner = record.winner, !winner.changes.isEmpty else { return automatic }
    return try winner.configuration(from: automatic.pinned())
  }

  /// The winner's training, which divides the images as any training does. It is new, or was interrupted
  /// before; nil where none was asked for, and before the search is over.
  public func finalRun() throws -> TrainingRun? {
    guard let record, record.winner != nil, let epochs = record.finalEpochs, epochs > 0 else { return nil }
    if FileManager.default.fileExists(atPath: folder.final.configuration) {
      return try TrainingRun(
        resuming: folder.final.path,
        changing: { [automatic] configuration in
          configuration.execution = automatic.execution
          (configuration.data, configuration.validation) = (automatic.data, automatic.validation)
        }, ranks: .alone, images: images)
    }
    // A process that was killed may have left a folder with nothing in it.
    try? FileManager.default.removeItem(atPath: folder.final.path)
    return try TrainingRun(
      try bestConfiguration(in: record).lasting(epochs: epochs), output: folder.path,
      name: TuningFolder.finalName, ranks: .alone, images: images)
  }
}
