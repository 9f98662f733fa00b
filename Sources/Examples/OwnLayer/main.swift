// Trains a network with a layer and a loss of its own, by the step that trains all others.
import Millrace

guard CommandLine.arguments.count == 2 else { fatalError("usage: example-own-layer DATA") }
let dataset = try Dataset.scan(CommandLine.arguments[1])
let preprocessing = try Preprocessing(size: ImageSize(width: 16, height: 16), channels: .rgb)
var options = OptimizationOptions()
options.epochs = 20
options.batchSize = 16
options.learningRate = 0.01

let network = Network(
  layers: [
    GatedUnits(inputCount: preprocessing.featureCount, outputCount: 48),
    Dense(inputCount: 48, outputCount: dataset.classes.count, activation: .identity),
  ], loss: SquaredHinge())
let team = try WorkerTeam(count: 2)
defer { team.shutdown() }
let source = try MinibatchProducer(
  dataset: dataset, loading: ImageLoading(preprocessing: preprocessing, seed: 1), shuffles: true,
  options: MinibatchProducer.Options(
    batchSize: options.batchSize, epochs: 0..<options.epochs, loaders: 2, slots: 4))
defer { source.stop() }
let trainer = try Trainer(network: network, options: options, seed: 1, team: team)
try trainer.train(on: source, validate: { _ in nil }) { event in
  if case .epochFinished(let epoch) = event {
    print(epoch.epoch + 1, epoch.training.mean ?? .nan, epoch.training.accuracy ?? .nan)
  }
}
