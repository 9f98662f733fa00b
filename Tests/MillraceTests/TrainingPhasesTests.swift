import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceRandom
import MillraceShards
import MillraceThreads
import MillraceTraining
import Testing
import _MillraceTestSupport

/// What happens over a whole run: phases, averages, and its end.
struct TrainingPhasesTests {
  /// A run on random rows, step by step.
  final class Bench {
    static let stepsPerEpoch = 4
    let team: WorkerTeam
    let trainer: Trainer
    let source: ArrayMinibatchSource

    init(_ options: OptimizationOptions) throws {
      var random = KeyedRandom(seed: 8, purpose: .preview)
      let features = (0..<48 * 10).map { _ in random.normal() }
      var options = options
      options.batchSize = 12
      options.learningRate = 0.02
      team = try WorkerTeam(count: 2)
      trainer = try Trainer(
        network: Network(
          NetworkConfiguration(inputCount: 10, hidden: [HiddenLayer(units: 20)], outputCount: 3)),
        options: options, seed: 2, team: team)
      source = ArrayMinibatchSource(
        features: features, featureCount: 10, labels: (0..<48).map { Int32($0 % 3) }, batchSize: 12,
        epochs: 0..<options.epochs, seed: 2)
    }

    deinit { team.shutdown() }
  }

  @Test func `Dense-sparse-dense holds its share at zero in the sparse phase alone`() throws {
    var options = OptimizationOptions()
    options.epochs = 7
    options.denseSparseDense = try DenseSparseDense(parsing: "sparsity=0.3;sparse-epochs=3;final-epochs=2")
    let bench = try Bench(options)
    var zeros: [[Double]] = []
    var rates: [Double] = []
    try bench.trainer.train(on: bench.source, validate: { _ in nil }) { event in
      guard case .stepFinished(let step) = event, step.step == Bench.stepsPerEpoch else { return }
      let statistics = try #require(step.epoch.statistics)
      zeros.append(statistics.weights.map(\.zeros))
      rates.append(step.epoch.learningRate)
    }
    // 10 × 20 and 20 × 3 weights: 60 and 18 of them are 30 %.
    for epoch in 2..<5 { #expect(zeros[epoch] == [0.3, 0.3], "epoch \(epoch)") }
    for epoch in [0, 1, 5, 6] {
      #expect(zeros[epoch].allSatisfy { $0 < 0.05 }, "epoch \(epoch): \(zeros[epoch])")
    }
    #expect(rates[5] <= 0.1 * rates[0])
  }

  @Test func `The moving average is that of the weights after each step`() throws {
    var options = OptimizationOptions()
    options.epochs = 3
    options.regularization.averageDecay = 0.8
    let bench = try Bench(options)
    let trainer = bench.trainer
    var expected = trainer.step.parameters.values.map(Double.init)
    try trainer.train(on: bench.source, validate: { _ in nil }) { event in
      guard case .stepFinished = event else { return }
      for (index, value) in trainer.step.parameters.values.enumerated() {
        expected[index] = 0.8 * expected[index] + 0.2 * Double(value)
      }
    }
    let found = try #require(trainer.best).parameters
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 1
    #expect(worst < 1e-6)
    #expect(found != trainer.step.parameters.values)
  }

  @Test(arguments: [1, 2, 3])
  func `Early stopping ends patience epochs after the best, and restores it`(patience: Int) throws {
    var options = OptimizationOptions()
    options.epochs = 20
    options.earlyStopping.patience = patience
    options.earlyStopping.metric = .loss
    options.earlyStopping.minimumImprovement = 0.01
    let bench = try Bench(options)
    // The losses are better, worse, better, better by too little, and then worse for good.
    var losses = [0.9, 0.7, 0.8, 0.5, 0.495, 0.6, 0.7, 0.8, 0.9].makeIterator()
    var weights: [[Float]] = []
    let epochs = try bench.trainer.train(
      on: bench.source,
      validate: { vector in
        weights.append(vector.values)
        var sum = LossSum()
        let loss = losses.next()
        sum.loss = try #require(loss)
        sum.count = 1
        return sum
      }, observe: { _ in })
    let best = patience == 1 ? 1 : 3
    #expect(epochs == best + 1 + patience)
    let isRestored = bench.trainer.best?.parameters == weights[best]
    #expect(isRestored && bench.trainer.best?.report.epoch == best)
  }

  @Test(arguments: [1, 2])
  func `Early stopping leaves no phase out, and counts the epochs of the last one alone`(patience: Int) throws
  {
    var options = OptimizationOptions()
    options.epochs = 12
    options.earlyStopping.patience = patience
    options.denseSparseDense = try DenseSparseDense(parsing: "sparse-epochs=3;final-epochs=4")
    let bench = try Bench(options)
    // The first epoch is the best of all.
    var losses = stride(from: 0.5, to: 5, by: 0.1).makeIterator()
    var phases: [DenseSparseDense.Phase?] = []
    let epochs = try bench.trainer.train(
      on: bench.source,
      validate: { _ in
        var sum = LossSum()
        let loss = losses.next()
        sum.loss = try #require(loss)
        sum.count = 1
        return sum
      },
      observe: { if case .epochFinished(let report) = $0 { phases.append(report.phase) } })
    #expect(epochs == 8 + patience)
    let expected =
      [DenseSparseDense.Phase](repeating: .dense, count: 5)
      + Array(repeating: .sparse, count: 3) + Array(repeating: .last, count: patience)
    #expect(phases == expected)
    #expect(bench.trainer.best?.report.phase == .dense)
  }

  @Test func `A refit trains afresh on all images for the steps of the best epoch, whatever the threads`()
    throws
  {
    let images = try ImageFolder()
    var configuration = try DeterminismTests.configuration(images)
    configuration.validationFraction = 0.25
    configuration.optimization.epochs = 6
    let first = try TrainingRun(configuration, output: nil).train()
    configuration.optimization.refits = true
    var results: [[Float]] = []
    for workers in [1, 3] {
      configuration.execution.workers = workers
      configuration.execution.loaders = workers
      var epochsOfRefit: [EpochReport] = []
      var isRefit = false
      let summary = try TrainingRun(configuration, output: nil).train { event in
        if case .notice(let text) = event, text.hasPrefix("refit") { isRefit = true }
        if case .epochFinished(let report) = event, isRefit { epochsOfRefit.append(report) }
      }
      // 27 images in steps of 10 found the number of steps; 36 images go through it.
      let steps = 3 * ((first.best.epoch) + 1)
      #expect(epochsOfRefit.map(\.training.count).reduce(0, +) == steps / 4 * 36 + min(steps % 4 * 10, 36))
      #expect(summary.best.epoch == first.best.epoch)
      // Only the refit's figures, which were not validated, are told about the model.
      #expect(summary.refit?.epoch == epochsOfRefit.last?.epoch && summary.refit?.validation == nil)
      #expect(summary.epochs == first.epochs + epochsOfRefit.count)
      results.append(summary.model.parameters)
    }
    let isSame = results[0] == results[1]
    let isNew = results[0] != first.model.parameters
    #expect(isSame && isNew)
  }
}
