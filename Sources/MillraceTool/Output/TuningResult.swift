import MillraceModels
import MillraceWorkshop

/// The end of a search as JSON.
struct TuningResult: Encodable {
  struct Accuracy: Encodable {
    let correct: Int
    let count: Int
    let accuracy: Double?
    let low: Double?
    let high: Double?

    init(_ score: HalvingState.Score) {
      (correct, count, accuracy) = (score.correct, score.count, score.accuracy)
      let interval = WilsonInterval(successes: score.correct, of: score.count)
      (low, high) = (interval?.lower, interval?.upper)
    }
  }

  struct Comparison: Encodable {
    let better: Int
    let worse: Int
    let probability: Double
    /// What the probability must not exceed for the other one to win.
    let level: Double
    /// Whether no candidate was chosen by these images.
    let onOtherImages: Bool

    init(_ comparison: McNemarTest, _ verdict: HalvingState.Verdict) {
      (better, worse, probability) = (
        comparison.onlyFirst, comparison.onlySecond, comparison.probability
      )
      (level, onOtherImages) = (verdict.level, verdict.isOnOtherImages)
    }
  }

  struct Candidate: Encodable {
    let number: Int
    /// What is different from the automatic choice, by setting.
    let settings: [String: String]
    let changes: String
    let validation: Accuracy?
  }

  let tuningFolder: String
  let steps: Int
  let searchSteps: Int
  let candidates: Int
  let automatic: Candidate
  let bestOther: Candidate?
  let comparison: Comparison?
  let winner: Candidate?
  let bestConfiguration: String
  let report: String
  let seconds: Double
  let final: TrainingResult?

  init(_ record: TuningRecord, in folder: TuningFolder, final: TrainingResult?) {
    let verdict = record.verdict
    func candidate(_ number: Int) -> Candidate {
      let candidate = record.candidates[number]
      return Candidate(
        number: number,
        settings: Dictionary(uniqueKeysWithValues: candidate.settings.map { ($0.key, $0.text) }),
        changes: candidate.text,
        validation: (verdict?.rung).flatMap { record.state.result(of: number, in: $0)?.score }
          .map(Accuracy.init))
    }
    tuningFolder = folder.path
    (steps, searchSteps) = (record.plan.steps, record.plan.searchSteps)
    candidates = record.candidates.count
    automatic = candidate(0)
    bestOther = verdict?.challenger.map(candidate)
    comparison = verdict.flatMap { verdict in verdict.comparison.map { Comparison($0, verdict) } }
    winner = verdict?.winner.map(candidate)
    (bestConfiguration, report) = (folder.best, folder.report)
    seconds = record.seconds
    self.final = final
  }
}

/// A search that has nothing left to do, as JSON.
struct FinishedTuning: Encodable {
  let finished = true
  let tuningFolder: String
  let bestConfiguration: String

  init(_ path: String) {
    let folder = TuningFolder(path: path)
    (tuningFolder, bestConfiguration) = (folder.path, folder.best)
  }
}

/// A learning-rate range test as JSON.
struct LearningRateResult: Encodable {
  let tuningFolder: String
  let table: String
  let report: String
  let steps: Int
  let lr: Double?
  let steepestLr: Double?
  let lowestLr: Double?

  init(_ curve: LearningRateCurve, in folder: TuningFolder) {
    (tuningFolder, table, report) = (folder.path, folder.rates, folder.report)
    steps = curve.points.count
    lr = curve.suggestion
    (steepestLr, lowestLr) = (curve.steepest?.rate, curve.lowest?.rate)
  }
}
