import Foundation
import Millrace

/// All that a run's report shows, as `report.json` in the run's folder keeps it: the page is drawn from this alone, so
/// that `millrace report` draws it again.
///
/// It does not grow with the images: of the epochs it holds the figures, of pictures a few.
struct RunRecord: Sendable, Codable {
  /// What stands in the file, so that others are refused.
  var format = Self.format
  /// The resolved settings, in the order of `config.yaml`.
  var settings: [Setting]
  /// The classes, by label.
  var classes: [String]
  /// Images trained on; nil where it is not known any more.
  var trainingCount: Int?
  /// Images validated on; nil where it is not known any more.
  var validationCount: Int?
  /// Training images of each class; nil where it is not known.
  var trainingCounts: [Int]?
  /// What the run was validated on: the same text for the same images; nil without validation or where it is not known.
  var validationSet: String?
  /// What the run's model was evaluated on since, the newest last; nil for never.
  var evaluations: [EvaluationRecord]?
  /// What is trained.
  var network: NetworkConfiguration?
  /// The number of trained parameters.
  var parameterCount: Int?
  /// The epochs in the order in which they were told, those of a refit last. Weight histograms are kept of the first
  /// and the last that have some.
  var epochs: [EpochReport] = []
  /// Training images as the network is shown them.
  var samples: [Sample] = []
  /// The first layer of the best epoch.
  var firstLayer: FirstLayer?
  /// The validation of the best epoch.
  var validation: Validation?
  /// What it has beside a run's; nil of a run by itself.
  var ensemble: EnsembleRecord?
  /// Files that could not be used.
  var badFiles = 0
  /// The first of them.
  var firstBadFiles: [SkippedSample] = []
  /// Files that were used although the decoder complained of them; known at the end.
  var warned: Int?
  /// What a person should know, in the order in which it was told.
  var notices: [String] = []
  /// Whether the run is under way.
  var state = State.running
  /// Seconds of the whole run; known at the end.
  var seconds: Double?

  static let format = "millrace-report-1"
  static let badFileLimit = 20
  private static let noticeLimit = 20

  enum State: String, Sendable, Codable { case running, stopped, finished }

  /// What an evaluation of the run's model has found.
  struct EvaluationRecord: Sendable, Hashable, Codable {
    /// The folder, as it was typed.
    var data: String
    /// Images, and how many of them were named rightly.
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
    /// Whether somebody has given it; nil in a record of a version that did not tell.
    var isGiven: Bool?
  }

  /// Begins with what a run is about to do.
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

  /// Takes an epoch, and what was seen in it where its weights are the best so far.
  mutating func add(_ report: EpochReport, examination: EpochExamination?) {
    // The last epoch of a refit may be a part of one, which nothing is measured in.
    if report.statistics?.hasHistograms ?? false,
      let earlier = epochs.indices.dropFirst().last(where: { epochs[$0].statistics?.hasHistograms ?? false })
    {
      epochs[earlier].statistics?.dropHistograms()
    }
    epochs.append(report)
    guard report.isBest, let examination, examination.epoch == report.epoch else { return }
    firstLayer = FirstLayer(examination.firstLayer, epoch: report.epoch)
    // In a refit nothing is left to validate on: what was seen before stands.
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

  /// The run has come to its end.
  mutating func finish(_ summary: TrainingSummary) {
    state = .finished
    seconds = summary.seconds
    warned = summary.warned
    if let test = summary.test { add(EvaluationRecord(test.evaluation, on: test.data)) }
  }

  /// Takes over what an earlier process has recorded of the same run, as far as that run goes on from it.
  mutating func goOn(from earlier: RunRecord, epochs count: Int) {
    epochs = Array(earlier.epochs.prefix(count))
    (samples, notices) = (earlier.samples, earlier.notices)
    (firstLayer, validation) = (earlier.firstLayer, earlier.validation)
  }
}

extension RunRecord {
  /// What the run's model was evaluated on since, the newest last.
  var tests: [EvaluationRecord] { evaluations ?? [] }

  /// Takes what an evaluation has found; one of the same folder goes.
  mutating func add(_ evaluation: EvaluationRecord) {
    evaluations = tests.filter { $0.data != evaluation.data } + [evaluation]
  }

  /// The share of the largest class among the validation images: what a model reaches that knows nothing else.
  var largestShare: Double? {
    guard let matrix = validation?.matrix(classes: classes.count) else { return nil }
    let supports = classes.indices.map { matrix.support(of: $0) }
    let total = supports.reduce(0, +)
    return total > 0 ? Double(supports.max() ?? 0) / Double(total) : nil
  }

  /// What the curves of a run that has come to its end say.
  var advice: Advice? {
    guard state == .finished else { return nil }
    let values = settings.map { ($0.key, $0.text) }
    return Advice(
      epochs: Array(search), settings: Dictionary(values) { first, _ in first },
      largestClassShare: largestShare)
  }

  /// The epochs that looked for the best one.
  var search: ArraySlice<EpochReport> { epochs[..<refitStart] }
  /// The epochs of a training afresh on all images, of which most runs have none.
  var refit: ArraySlice<EpochReport> { epochs[refitStart...] }

  /// A refit counts its epochs from the beginning.
  private var refitStart: Int {
    epochs.indices.dropFirst().first { epochs[$0].epoch <= epochs[$0 - 1].epoch } ?? epochs.count
  }

  /// The best epoch so far; of an ensemble, what stands for it.
  var best: EpochReport? { ensembleBest ?? search.last(where: \.isBest) }
  /// The epoch that the model's weights are of: in a refit nothing is left to validate them on.
  var model: EpochReport? { refit.last ?? best }

  /// Whether the last epoch is kept whatever the others are.
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
