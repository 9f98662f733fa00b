import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

/// What the column `weight` of a table of labels does to training.
struct ImageWeightTests {
  private let folder: ImageFolder
  private let output: TemporaryFolder

  init() throws {
    folder = try ImageFolder(countPerClass: 6)
    output = try TemporaryFolder()
  }

  /// A table of the folder's images, each with a weight.
  private func table(_ name: String, _ weight: (String) -> Double) throws -> String {
    let rows = folder.names.map { "\($0),\($0.prefix { $0 != "/" }),\(weight($0))" }
    return try output.put(Array("path,label,weight\n\(rows.joined(separator: "\n"))\n".utf8), at: name)
  }

  /// Steps on all images at once.
  private func configuration(_ labels: String?) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.labels = labels
    configuration.trainOnEverything()
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.normalization = Normalization(mean: [0.4], standardDeviation: [0.25])
    configuration.hidden = [6]
    configuration.optimization.optimizer = OptimizerConfiguration(.sgd)
    configuration.optimization.regularization.weightDecay = 0
    configuration.optimization.schedule = LearningRateSchedule(.constant)
    configuration.optimization.epochs = 5
    return configuration
  }

  private func train(_ configuration: TrainingConfiguration) throws -> TrainingSummary {
    try TrainingRun(configuration, output: nil).train()
  }

  @Test func `An image of weight 2 is learned from as two equal images are`() throws {
    let names = folder.names
    let twice = Set([names[1], names[8], names[9]])
    var weighted = configuration(try table("w.csv") { twice.contains($0) ? 2 : 1 })
    weighted.optimization.learningRate = 0.1
    let summary = try train(weighted)
    // The mean over more images is made up for by the learning rate.
    for name in twice {
      try FileManager.default.copyItem(
        atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/\(name).copy")
    }
    var doubled = configuration(nil)
    doubled.optimization.learningRate = 0.1 * Double(names.count + twice.count) / Double(names.count)
    let expected = try train(doubled).model.parameters
    let largest = zip(summary.model.parameters, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(largest < 2e-6, "\(largest)")
    // The reported loss is Σ w·l over the number of images.
    let copies = Float(names.count + twice.count) / Float(names.count)
    let plain = try #require(try train(doubled).best.training.mean)
    let loss = try #require(summary.best.training.mean)
    #expect(abs(loss - plain * Double(copies)) < 1e-5)
    #expect(summary.best.training.count == names.count)
  }

  @Test func `Weights that are all the same are a learning rate`() throws {
    var heavy = configuration(try table("w.csv") { _ in 4 })
    heavy.optimization.learningRate = 0.025
    var plain = configuration(nil)
    plain.optimization.learningRate = 0.1
    let (a, b) = (try train(heavy).model.parameters, try train(plain).model.parameters)
    #expect((zip(a, b).map { abs($0 - $1) }.max() ?? 1) < 1e-6)
  }

  @Test func `Weights multiply what balance does, and change nothing of what validation measures`() throws {
    let labels = try table("w.csv") { $0.hasPrefix("class0") ? 3 : 1 }
    for balance in [ClassBalance.weights, .sampling] {
      var weighted = configuration(labels)
      weighted.balance = balance
      var plain = configuration(nil)
      plain.balance = balance
      #expect(try train(weighted).model.parameters != train(plain).model.parameters)
    }
    // A learning rate too small to change a weight: what is measured is measured of the same network.
    var (weighted, plain) = (configuration(labels), configuration(nil))
    weighted.optimization.learningRate = 1e-30
    plain.optimization.learningRate = 1e-30
    (weighted.validationFraction, plain.validationFraction) = (0.5, 0.5)
    let (first, second) = (try train(weighted).best, try train(plain).best)
    #expect(first.validation == second.validation && first.validation != nil)
    #expect(
      first.training.loss > second.training.loss * 1.1 && first.training.correct == second.training.correct)
  }
}
