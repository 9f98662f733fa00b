import Foundation
import MillraceModels
import MillraceTraining

/// The runs in a folder: runs that were validated on the same images are together, the best of them first.
package struct RunList: Sendable, Encodable {
  /// The figures of a run.
  package struct Row: Sendable, Encodable {
    /// The run's folder.
    package let path: String
    /// The training data, as they were typed.
    package let data: String?
    /// `running`, `stopped` or `finished`.
    package let state: String
    /// The number of epochs done, without those of a refit.
    package let epochs: Int
    /// The number of epochs asked for; nil before the first is done.
    package let plannedEpochs: Int?
    /// The best epoch, from 1.
    package let bestEpoch: Int?
    /// How often the best epoch's weights were right; nil without validation.
    package let validation: RightAnswers?
    /// Whether the model was trained afresh on all images since, so that the validation belongs to the training
    /// before.
    package let isRefitted: Bool
    /// How often the model was right in its last evaluation; nil where it was never evaluated.
    package let test: RightAnswers?
    /// The folder of that evaluation, as it was typed.
    package let testData: String?
    /// The seconds of the whole run; nil until it is over.
    package let seconds: Double?
    /// The settings that somebody gave, by name, without those that say where data are.
    package let given: [String: String]
  }

  /// How often a model was right, and what that says about images that it has not seen.
  package struct RightAnswers: Sendable, Encodable {
    /// The number of images; nil where it is no longer known.
    package let count: Int?
    /// The number of images whose class was recognised.
    package let correct: Int?
    /// The share of right answers, from 0 to 1.
    package let accuracy: Double
    /// The ends of the interval that holds the true share with 95 % confidence.
    package let interval: [Double]?
    /// The text for people.
    let text: String

    private enum CodingKeys: CodingKey { case count, correct, accuracy, interval }

    init(_ answers: MeasuredAccuracy) {
      (count, correct) = (answers.counted?.count, answers.counted?.correct)
      accuracy = answers.accuracy
      interval = answers.interval.map { [$0.lower, $0.upper] }
      text = answers.text()
    }
  }

  /// The runs in the order of a comparison.
  package let runs: [Row]

  /// Finds the runs in a folder.
  ///
  /// - Parameter folder: A folder of runs, such as `runs`, or a run's own.
  /// - Throws: ``ReportError`` where there is no run, or one of them cannot be understood.
  package init(in folder: String) throws(ReportError) {
    var found: [RunComparison.Run] = []
    for path in Self.paths(in: folder) {
      found.append(RunComparison.Run(name: path, record: try RunRecord(of: RunFolder(path: path))))
    }
    guard !found.isEmpty else { throw .noRuns(path: folder) }
    runs = RunComparison(runs: found).runs.map(Row.init)
  }

  private static func paths(in folder: String) -> [String] {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if isRun(folder) { return [folder] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
      .map { "\(folder)/\($0)" }.filter(isRun)
  }

  private static func isRun(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: RunFolder(path: path).configuration)
  }
}

extension RunList.Row {
  fileprivate init(_ run: RunComparison.Run) {
    let record = run.record
    path = run.name
    data = record.text(of: "data")
    state = record.state.rawValue
    epochs = record.search.count
    plannedEpochs = record.epochs.first?.epochs
    bestEpoch = record.best.map { $0.epoch + 1 }
    validation = record.validated.map(RunList.RightAnswers.init)
    isRefitted = record.hasRefit
    test = record.tested.map(RunList.RightAnswers.init)
    testData = record.tests.last?.data
    seconds = record.seconds
    given = Dictionary(
      uniqueKeysWithValues: record.settings.filter {
        $0.isGiven == true && !ConfigurationSetting.imagePaths.contains($0.key)
      }
      .map { ($0.key, $0.text) })
  }
}
