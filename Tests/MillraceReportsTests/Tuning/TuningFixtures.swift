import MillraceNetwork

@testable import MillraceTraining
@testable import MillraceWorkshop

extension TuningRecord {
  /// Four candidates in two rungs; the last gets sixty more images right than the first.
  ///
  /// - Parameter jobs: How many of the six trainings are done.
  static func sample(jobs: Int = 6) -> TuningRecord {
    let training = TuningPlan.Training(epochs: 4, searchSteps: 10, finalSteps: 12)
    guard let plan = try? TuningPlan(steps: 168, for: training, candidates: 4, trainsWinner: true) else {
      preconditionFailure("the budget holds four candidates")
    }
    let automatic = TrainingConfiguration(data: "a <photo> folder").chosen(for: .unknown)
    let names = [
      [], [("mirror", "yes")], [("lr", "0.002"), ("mirror", "yes")], [("augment", "rotate:10 <b>")],
    ]
    var state = HalvingState(plan.rungs)
    var curves: [[EpochReport]] = [[], [], [], []]
    while let job = state.next, state.results.count < jobs {
      let wrong = [90, 80, 95, 30][job.candidate] - 5 * job.rung
      // The second diverges in its first rung.
      let score = HalvingState.Score(wrong: Array(0..<wrong), count: 400, loss: Double(wrong) / 100)
      state.add(job.candidate == 1 ? nil : score, of: job)
      for epoch in curves[job.candidate].count..<plan.rungs[job.rung].epochs {
        var report = EpochReport.sample(epoch: epoch)
        report.validation = LossSum(mean: 1, accuracy: 0.7)
        curves[job.candidate].append(report)
      }
    }
    return TuningRecord(
      settings: Dictionary(uniqueKeysWithValues: automatic.resolvedSettings.map { ($0.key, $0.text) }),
      choices: ["lr": "usual for momentum"], axes: ["mirror", "lr", "augment"], stepsPerSecond: 2, plan: plan,
      candidates: names.map { changes in
        TuningCandidate(
          changes: changes.map { TuningCandidate.Change(axis: $0.0, text: $0.1) },
          settings: changes.map { TuningCandidate.Setting(key: $0.0, text: $0.1) }, parameterCount: 12_345)
      },
      state: state, curves: curves,
      trainingImages: DatasetIdentity(classes: ["cat", "dog"], count: 1200, fingerprint: 1),
      validationImages: DatasetIdentity(classes: ["cat", "dog"], count: 400, fingerprint: 2),
      otherImages: 0, validationFraction: 0.25, averageDecay: 0.9, seconds: 83)
  }
}
