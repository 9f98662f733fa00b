import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceTraining

/// What is known before a search begins: the configuration that it moves from, the axes that may move, and
/// the images.
struct TuningPreparation {
  let options: TuningOptions
  /// The configuration with everything chosen.
  let automatic: TrainingConfiguration
  let axes: [TuningAxis]
  /// As many candidates as the axes allow, within reason.
  let candidates: [TuningCandidate]
  let images: SharedImages
  /// The images, divided as in any training.
  let data: TrainingData
  /// The images, divided as in the search.
  let searchImages: SearchImages

  /// Finds the data and makes the automatic choices.
  ///
  /// - Throws: ``ConfigurationError`` or `DatasetError`.
  init(_ configuration: TrainingConfiguration, _ options: TuningOptions) throws {
    try configuration.validate()
    try options.validate()
    try configuration.requireOneNetwork()
    images = SharedImages()
    data = try images.data(for: configuration)
    let automatic = try configuration.resolved(for: data)
    try automatic.requireSearchable(data)
    searchImages = try SearchImages(data, automatic, images)
    axes = try TuningAxis.moving(options.included, except: options.fixed, from: automatic)
    candidates = TuningCandidate.draw(
      TuningPlan.mostCandidates, around: automatic, along: axes, classes: data.training.classes.count)
    (self.options, self.automatic) = (options, automatic)
  }

  /// The record of a search with a budget of steps that has not begun.
  ///
  /// - Throws: ``ConfigurationError`` where there are too few steps.
  func record(steps: Int) throws(ConfigurationError) -> TuningRecord {
    let plan = try TuningPlan(
      steps: steps, for: training, candidates: candidates.count, trainsWinner: options.trainsWinner)
    return TuningRecord(self, plan)
  }

  /// The training for which the plan is made.
  private var training: TuningPlan.Training {
    TuningPlan.Training(
      epochs: automatic.optimization.epochs, searchSteps: automatic.steps(of: searchImages.parts[0].training),
      finalSteps: automatic.steps(ofTrainingOn: data), folds: searchImages.parts.count - 1)
  }

  // MARK: A budget of time

  /// The share of a time that measuring the speed takes, within reason.
  private static let measuringShare = 0.03
  /// The share of the remaining time that is planned: the rest is for work that is not training.
  private static let plannedShare = 0.95

  /// The record of a search with a budget of time, once the speed is known.
  ///
  /// - Parameters:
  ///   - seconds: The budget.
  ///   - spent: The seconds spent so far; it is called when the speed is known.
  ///   - tell: Gets every event.
  /// - Throws: ``ConfigurationError`` where the time is too short, and what a training throws.
  func record(seconds: Double, spent: () -> Double, _ tell: (TuningEvent) throws -> Void) throws
    -> TuningRecord
  {
    let speed = try stepsPerSecond(measuring: min(20, max(0.5, seconds * Self.measuringShare)), tell)
    // Candidates are on average slower than the automatic choice where some are wider.
    let first = candidates.prefix(16).map { Double($0.parameterCount) }
    let cost = first.reduce(0, +) / Double(first.count) / first[0]
    let left = max(0, seconds - spent()) * Self.plannedShare
    let steps = max(1, Int(min(1e9, left * speed / max(1, cost))))
    do {
      var record = try self.record(steps: steps)
      (record.budgetSeconds, record.stepsPerSecond) = (seconds, speed / max(1, cost))
      return record
    } catch {
      let least = TuningPlan.leastSteps(for: training, trainsWinner: options.trainsWinner)
      throw ConfigurationError(
        setting: "time",
        problem:
          "\(seconds.shortText) seconds are too few: a search needs at least \(least) steps, at "
          + "\(speed.rounded(toDigits: 2).shortText) a second here, and the images must be read first; "
          + "give a larger budget")
    }
  }

  private func stepsPerSecond(measuring seconds: Double, _ tell: (TuningEvent) throws -> Void) throws
    -> Double
  {
    var measured = automatic.searched(
      epochs: 1_000_000, fraction: searchImages.fraction, averageDecay: nil)
    measured.optimization.schedule = .constant
    let run = try TrainingRun(
      measured, output: nil, name: nil, ranks: .alone, images: images, data: searchImages.parts[0])
    return try SpeedMeter.stepsPerSecond(of: run, measuring: seconds) { try tell(.measuring($0)) }
  }
}

extension TrainingConfiguration {
  /// The steps of a whole training for each of its epochs, including those of a refit.
  fileprivate func steps(ofTrainingOn data: TrainingData) -> Int {
    guard optimization.refits, let validation = data.validation else { return steps(of: data.training) }
    return steps(of: data.training) + steps(of: data.training.joined(with: validation))
  }

  /// The number of minibatches in an epoch.
  func steps(of dataset: Dataset) -> Int { optimization.cut(of: dataset.count).stepsPerEpoch }
}
