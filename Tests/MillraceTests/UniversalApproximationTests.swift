import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceShards
import MillraceThreads
import MillraceTraining
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct UniversalApproximationTests {
  @Test func `One hidden layer fits the sine to below a thousandth`() throws {
    let x = (0..<128).map { -Float.pi + 2 * .pi * Float($0) / 127 }
    let sines = x.map { sinf($0) }
    var configuration = NetworkConfiguration(
      inputCount: 1, hidden: [HiddenLayer(units: 16, activation: .elementwise(.tanh))], outputCount: 1)
    configuration.loss = .squaredError
    configuration.output = .linear
    var options = OptimizationOptions()
    options.epochs = 300
    options.batchSize = 16
    options.learningRate = 0.02
    options.regularization.weightDecay = 0
    options.optimizer = OptimizerConfiguration(.adam)

    let network = Network(configuration)
    let team = try WorkerTeam(count: 2, name: "worker")
    defer { team.shutdown() }
    let trainer = try Trainer(network: network, options: options, seed: 1, team: team)
    let source = ArrayMinibatchSource(
      features: x, featureCount: 1, targets: sines, batchSize: options.batchSize,
      epochs: 0..<options.epochs, seed: 1)
    try trainer.train(on: source, validate: { _ in nil }, observe: { _ in })

    var rows = x
    let pass = NetworkPass(network: network, capacity: x.count, training: false)
    let loss = rows.withUnsafeMutableBufferPointer { rows in
      sines.withUnsafeBufferPointer { sines in
        pass.run(
          NetworkPass.Shard(
            input: Matrix(base: rows.baseAddress!, rows: rows.count, columns: 1),
            targets: .values(sines.baseAddress!), minibatchCount: rows.count, isTraining: false),
          parameters: trainer.step.parameters.base)
      }
    }
    let mean = try #require(loss.mean)
    #expect(mean < 1e-3, "\(mean)")
  }
}
