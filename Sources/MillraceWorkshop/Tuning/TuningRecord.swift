import Foundation
import MillraceModels
import MillracePipeline
public import MillraceTraining

/// All that is known of a search for better settings: `tune.json` in its folder. A resume reads it, and the
/// table and the page are drawn from it.
public struct TuningRecord: Sendable, Codable {
  /// The format of the file; files of another format are refused.
  public var format = Self.format
  /// The settings that were moved from, with their values, by name: the automatic choice.
  public var settings: [String: String]
  /// Why the program has chosen the values that it has chosen, by name.
  public var choices: [String: String]
  /// The names of the axes that move.
  public var axes: [String]
  /// The time that was asked for, in seconds; nil where steps were asked for.
  public var budgetSeconds: Double?
  /// The expected steps a second of the candidates, from what was measured for a budget of time.
  public var stepsPerSecond: Double?
  /// How the budget is used.
  public var plan: TuningPlan
  /// The candidates, the automatic choice first.
  public var candidates: [TuningCandidate]
  /// The decisions so far.
  public var state: HalvingState
  /// The epochs of each candidate so far, without the figures of their weights.
  public var curves: [[EpochReport]]
  /// The images that the search trains on.
  package var trainingImages: DatasetIdentity
  /// The images by which candidates are judged.
  package var validationImages: DatasetIdentity
  /// The number of other images that decide between the best other candidate and the automatic choice; 0
  /// where there are none.
  public var otherImages: Int
  /// The share of the images that is held back to judge by; nil where there is a validation folder.
  public var validationFraction: Double?
  /// The share that each step keeps in the average of the weights by which candidates are judged.
  public var averageDecay: Double?
  /// The epochs of the winner's training; 0 where there is none, nil before the search is over.
  public var finalEpochs: Int?
  /// The seconds of the search so far.
  public var seconds = 0.0
  /// The seconds before the first candidate's training.
  public var secondsBefore = 0.0
  /// The number of epochs that were trained so far, including those of comparisons and those that were lost.
  public var epochsTrained = 0
  /// Notices for people, in the order in which they were given.
  public var notices: [String] = []

  /// The format of a whole record.
  public static let format = "millrace-tuning-1"

  /// The verdict; nil before the end.
  public var verdict: HalvingState.Verdict? { state.verdict }

  /// The winner; nil before the end, and where every training diverged.
  public var winner: TuningCandidate? { verdict?.winner.map { candidates[$0] } }

  /// The last rung in which a candidate was judged; nil before its first.
  public func lastRung(of candidate: Int) -> Int? { state.lastRung(of: candidate) }

  /// The configuration that is trained in a job.
  func configuration(of job: HalvingState.Job, from automatic: TrainingConfiguration) throws
    -> TrainingConfiguration
  {
    // A comparison is a whole training, which can be judged without an average.
    try candidates[job.candidate].configuration(
      from: automatic.searched(
        epochs: job.fold > 0 ? state.comparisonEpochs : plan.searchEpochs, fraction: validationFraction,
        averageDecay: job.fold > 0 ? nil : averageDecay))
  }

  /// Stores an epoch of a candidate, in the place of an earlier report of it.
  mutating func add(_ report: EpochReport, of candidate: Int) {
    var report = report
    (report.statistics, report.ranks) = (nil, nil)
    curves[candidate].removeAll { $0.epoch >= report.epoch }
    curves[candidate].append(report)
  }
}

extension TuningRecord {
  /// The record of a search that has not begun.
  init(_ preparation: TuningPreparation, _ plan: TuningPlan) {
    let automatic = preparation.automatic
    let data = preparation.searchImages.parts[0]
    settings = Dictionary(uniqueKeysWithValues: automatic.resolvedSettings.map { ($0.key, $0.text) })
    choices = Dictionary(
      uniqueKeysWithValues: automatic.resolvedSettings.compactMap { item in
        item.reason.map { (item.key, $0) }
      })
    axes = preparation.axes.map(\.name)
    self.plan = plan
    let count = plan.rungs[0].candidates
    candidates = Array(preparation.candidates.prefix(count))
    state = HalvingState(
      plan.rungs, folds: plan.folds, epochs: plan.comparisonEpochs,
      onOtherImages: preparation.searchImages.areOthers)
    curves = Array(repeating: [], count: count)
    trainingImages = DatasetIdentity(data.training)
    validationImages = DatasetIdentity(data.validation ?? data.training.subset([]))
    let others = preparation.searchImages.parts.dropFirst().prefix(plan.folds)
    otherImages =
      !preparation.searchImages.areOthers ? 0 : others.reduce(0) { $0 + ($1.validation?.count ?? 0) }
    validationFraction = preparation.searchImages.fraction
    averageDecay = automatic.searchAverageDecay(steps: plan.rungs[0].epochs * plan.training.searchSteps)
    notices = preparation.data.notices
  }
}

// MARK: The file

extension TuningRecord {
  /// Writes `tune.json`, whole or not at all.
  func write(to folder: TuningFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    try DurableFile.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: folder.record)
  }

  /// Reads the record of a search.
  ///
  /// - Throws: ``TuningError``.
  public init(of folder: TuningFolder) throws(TuningError) {
    guard let data = FileManager.default.contents(atPath: folder.record) else {
      throw .nothingToResume(path: folder.path)
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let record = try? decoder.decode(TuningRecord.self, from: data), record.isConsistent else {
      throw .damaged(path: folder.record)
    }
    self = record
  }

  /// Whether the parts of the record fit each other, so that nothing traps, whatever a file says.
  private var isConsistent: Bool {
    let numbers = candidates.indices
    return format == Self.format && !plan.rungs.isEmpty && candidates.count == plan.rungs[0].candidates
      && curves.count == candidates.count && plan.searchEpochs > 0 && state.isWithin(plan)
      && state.results.allSatisfy {
        numbers.contains($0.job.candidate) && state.rungs.indices.contains($0.job.rung)
      }
  }

  /// The automatic choice.
  func automaticConfiguration(path: String) throws(ModelFileError) -> TrainingConfiguration {
    try TrainingConfiguration(settings: settings, choices: choices, path: path)
  }
}
