// Trains on arrays, without a folder: points of two spirals, which no straight line parts.
import Foundation
import Millrace

let count = 400
var features: [Float] = []
var labels: [Int32] = []
for number in 0..<count {
  let (arm, turn) = (number % 2, 0.25 + Double(number) / Double(count))
  let angle = 2 * Double.pi * turn * 1.5 + Double.pi * Double(arm)
  features += [Float(turn * cos(angle)), Float(turn * sin(angle))]
  labels.append(Int32(arm))
}

var options = OptimizationOptions()
options.epochs = 150
options.batchSize = 40
options.learningRate = 0.05
// A source of one's own is a type that lends minibatches: MinibatchSource.
let source = ArrayMinibatchSource(
  features: features, featureCount: 2, labels: labels, batchSize: options.batchSize,
  epochs: 0..<options.epochs,
  seed: 1)
let hidden = [HiddenLayer(units: 32), HiddenLayer(units: 32)]
let network = Network(NetworkConfiguration(inputCount: 2, hidden: hidden, outputCount: 2))
let team = try WorkerTeam(count: 2)
defer { team.shutdown() }
let trainer = try Trainer(network: network, options: options, seed: 1, team: team)
try trainer.train(on: source, validate: { _ in nil }) { event in
  guard case .epochFinished(let epoch) = event, (epoch.epoch + 1).isMultiple(of: 30) else { return }
  print(epoch.epoch + 1, epoch.training.mean ?? .nan, epoch.training.accuracy ?? .nan)
}
