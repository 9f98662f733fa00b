import Foundation
import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceTraining

/// All that a run's report shows, as `report.json` in the run's folder stores it: the page is drawn from this
/// alone, so `millrace report` can draw it again.
///
/// Its size does not grow with the images: it holds figures of the epochs and a few pictures.
struct RunRecord: Sendable, Codable {
  /// The format of the file; files of another format are refused.
  var format = Self.format
  /// The resolved settings, in the order of `config.yaml`.
  var settings: [Setting]
  /// The classes, by label.
  var classes: [String]
  /// The number of training images; nil where it is no longer known.
  var trainingCount: Int?
  /// The number of validation images; nil where it is no longer known.
  var validationCount: Int?
  /// The number of training images of each class; nil where it is not known.
  var trainingCounts: [Int]?
  /// The identity of the validation images: the same text for the same images; nil without validation or where it
  /// is not known.
  var validationSet: String?
  /// The evaluations of the run's model since, the newest last; nil where there are none.
  var evaluations: [EvaluationRecord]?
  /// The network that is trained.
  var network: NetworkConfiguration?
  /// The number of trained parameters.
  var parameterCount: Int?
  /// The epochs in the order in which they happened, those of a refit last. Weight histograms are kept of the first
  /// and the last epoch that have some.
  var epochs: [EpochReport] = []
  /// Training images as the network sees them.
  var samples: [Sample] = []
  /// The first layer of the best epoch.
  var firstLayer: FirstLayer?
  /// The validation of the best epoch.
  var validation: Validation?
  /// What the model's probabilities were fitted by at the end; nil where they were not, or not yet.
  var temperature: TemperatureFit?
  /// What an ensemble has in addition to a run; nil for a run by itself.
  var ensemble: EnsembleRecord?
  /// The number of files that could not be used.
  var badFiles = 0
  /// The first of these files.
  var firstBadFiles: [SkippedSample] = []
  /// The number of files that were used although the decoder complained of them; nil before the end.
  var warned: Int?
  /// Notices for people, in the order in which they were given.
  var notices: [String] = []
  /// The state of the run.
  var state = State.running
  /// The seconds of the whole run; nil before its end.
  var seconds: Double?

  static let format = "millrace-report-1"
  static let badFileLimit = 20
  private static let noticeLimit = 20

  enum State: String, Sendable, Codable { case running, stopped, finished }

  /// The result of an evaluation of the run's model.
  struct EvaluationRecord: Sendable, Hashable, Codable {
    /// The folder, as it was typed.
    var data: String
    /// The number of images, and of those whose class was recognised.
    var count: Int
    var correct: Int
    /// The mean loss.
    var loss: Double?
  }

  struct Setting: Sendable, Hashable, Codable {
    var key: String
    var text: String
    /// Why the program has chosen the value; nil where it has not.
    var reason: String?
    /// Whether somebody has given the value; nil in a record of a version that did not store it.
    var isGiven: Bool?
  }

  /// Begins with the plan of a run.
  init(_ start: TrainingStart) {
    settings = start.configuration.resolvedSettings.map(Setting.init)
    classes = start.classes
    (trainingCount, validationCount) = (start.trainingCount, start.validationCount)
    (trainingCounts, validationSet) = (start.trainingCounts, start.validationIdentity)
    (network, parameterCount) = (start.network, start.parameterCount)
    for skipped in start.skipped { add(skipped) }
  }

  /// Begins with what is known of a run that left no record.
  init(settings: [Setting], classes: [String], network: NetworkConfiguration?, parameterCount: Int?) {
    self.settings = settings
    self.classes = classes
    self.network = network
    self.parameterCount = parameterCount
  }

  /// Adds an epoch, and what was seen in it where its weights are the best so far.
  mutating func add(_ report: EpochReport, examination: EpochExamination?) {
    // The last epoch of a refit may be only a part of one, in which nothing is measured.
    if report.statistics?.hasHistograms ?? false,
      let earlier = epochs.indices.dropFirst().last(where: { epochs[$0].statistics?.hasHistograms ?? false })
    {
      epochs[earlier].statistics?.dropHistograms()
    }
    epochs.append(report)
    guard report.isBest, let examination, examination.epoch == report.epoch else { return }
    firstLayer = FirstLayer(examination.firstLayer, epoch: report.epoch)
    // In a refit no images are left to validate on, so the earlier results stay.
    if let seen = examination.validation { validation = Validation(seen, epoch: report.epoch) }
  }

  mutating func add(_ skipped: SkippedSample) {
    badFiles += 1
    if firstBadFiles.count < Self.badFileLimit { firstBadFiles.append(skipped) }
  }

  mutating func add(notice: String) {
    guard notices.count < Self.noticeLimit,
      !notices.contains(where: { ExactText($0) == ExactText(notice) })
    else { return }
    notices.append(notice)
  }

  /// Ends the record of a run that is finished.
  mutating func finish(_ summary: TrainingSummary) {
    state = .finished
    seconds = summary.seconds
    warned = summary.warned
    temperature = summary.calibration
    if let test = summary.test { add(EvaluationRecord(test.evaluation, on: test.data)) }
  }

  /// Takes over what an earlier process has recorded of the same run, as far as the run goes on from it.
  mutating func goOn(from earlier: RunRecord, epochs count: Int) {
    epochs = Array(earlier.epochs.prefix(count))
    (samples, notices) = (earlier.samples, earlier.notices)
    (firstLayer, validation) = (earlier.firstLayer, earlier.validation)
  }
}

extension RunRecord {
  /// The evaluations of the run's model since, the newest last.
  var tests: [EvaluationRecord] { evaluations ?? [] }

  /// Adds the result of an evaluation, in the place of an earlier one of the same folder.
  mutating func add(_ evaluation: EvaluationRecord) {
    evaluations = tests.filter { $0.data != evaluation.data } + [evaluation]
  }

  /// The share of the largest class among the validation images: the accuracy of a model that always names it.
  var largestShare: Double? {
    guard let matrix = validation?.matrix(classes: classes.count) else { return nil }
    let supports = classes.indices.map { matrix.support(of: $0) }
    let total = supports.reduce(0, +)
    return total > 0 ? Double(supports.max() ?? 0) / Double(total) : nil
  }

  /// What the curves of a finished run say.
  var advice: Advice? {
    guard state == .finished else { return nil }
    let values = settings.map { ($0.key, $0.text) }
    return Advice(
      epochs: Array(search), settings: Dictionary(values) { first, _ in first },
      largestClassShare: largestShare)
  }

  /// The epochs among which the best one was sought.
  var search: ArraySlice<EpochReport> { epochs[..<refitStart] }
  /// The epochs of a training afresh on all images; most runs have none.
  var refit: ArraySlice<EpochReport> { epochs[refitStart...] }

  /// A refit counts its epochs from the beginning.
  private var refitStart: Int {
    epochs.indices.dropFirst().first { epochs[$0].epoch <= epochs[$0 - 1].epoch } ?? epochs.count
  }

  /// The best epoch so far; for an ensemble, what takes its place.
  var best: EpochReport? { ensembleBest ?? search.last(where: \.isBest) }
  /// The epoch of the model's weights: in a refit no images are left to validate them on.
  var model: EpochReport? { refit.last ?? best }

  /// Whether the last epoch is kept, whatever the others are.
  var keepsLast: Bool { text(of: "monitor") == ValidationMetric.last.rawValue }

  func text(of key: String) -> String? { settings.first { $0.key == key }?.text }
}

extension RunRecord.Setting {
  init(_ setting: ResolvedSetting) {
    self.init(key: setting.key, text: setting.text, reason: setting.reason, isGiven: setting.isGiven)
  }
}

extension NetworkStatistics {
  fileprivate var hasHistograms: Bool { weights.contains { !$0.histogram.isEmpty } }

  fileprivate mutating func dropHistograms() {
    for i in weights.indices { (weights[i].histogram, weights[i].gradientHistogram) = ([], []) }
  }
}
