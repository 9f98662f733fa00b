import Foundation
import MillraceImages
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Layers that stay as in the file, whatever else changes weights.
struct FrozenLayersTests {
  private let images: ImageFolder
  private let output: TemporaryFolder
  private let first: Model

  init() throws {
    images = try ImageFolder(countPerClass: 12)
    output = try TemporaryFolder()
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [24, 12]
    configuration.dropout = [0.2]
    configuration.inputDropout = 0.1
    configuration.batchNormalization = .sync
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 10
    first = try TrainingRun(configuration, output: output.path, name: "first").train().model
  }

  /// A run on the same images that begins with this model.
  private func configuration(freezing count: Int) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: images.path)
    configuration.initialWeights = output.file("first")
    configuration.fixedLayers = count
    configuration.dropout = [0.2]
    configuration.inputDropout = 0.1
    configuration.optimization.epochs = 4
    configuration.optimization.batchSize = 10
    configuration.optimization.shards = 3
    configuration.optimization.learningRate = 0.05
    configuration.optimization.denseSparseDense = try DenseSparseDense(
      parsing: "sparsity=0.4;sparse-epochs=1;final-epochs=1")
    configuration.optimization.regularization.weightDecay = 0.01
    configuration.optimization.regularization.l1 = 0.001
    configuration.optimization.regularization.maxNorm = 0.5
    configuration.optimization.regularization.clipNorm = 1
    configuration.optimization.regularization.averageDecay = 0.5
    return configuration
  }

  private func modelFile(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: output.file("\(name)/model.safetensors")))
  }

  @Test(arguments: [1, 2])
  func `Frozen layers keep their bits, all others move, whatever the threads, ranks and stops`(count: Int)
    throws
  {
    var configuration = try configuration(freezing: count)
    configuration.execution.workers = 1
    let run = try TrainingRun(configuration, output: output.path, name: "alone")
    #expect(run.configuration.hidden == [24, 12] && run.configuration.imageSize == first.preprocessing.size)
    let model = try run.train().model
    let layers = Network(model.network).parameters
    let kept = layers.filter { parameter in
      model.parameters[parameter.range] == first.parameters[parameter.range]
    }
    // A hidden layer has weights, then scale, shift, running mean and variance.
    #expect(kept.map(\.name) == layers.prefix(5 * count).map(\.name))

    let alone = try modelFile("alone")
    configuration.execution.workers = 3
    _ = try? TrainingRun(configuration, output: output.path, name: "stopped")
      .train(observers: [StopAtEvent(9)])
    _ = try TrainingRun(resuming: output.file("stopped"), changing: { $0.execution.workers = 2 }).train()
    let isSame = try modelFile("stopped") == alone
    #expect(isSame)
    for result in try RankTests.train(configuration, output: output.path, name: "ranks", ranks: 2) {
      _ = try result.get()
    }
    let isSameInRanks = try modelFile("ranks") == alone
    #expect(isSameInRanks)
  }

  @Test(arguments: [1, 2, 3])
  func `The blocks of a stem count as layers before the others, and keep their bits`(count: Int) throws {
    var first = TrainingConfiguration.plain(images.path)
    first.imageSize = ImageSize(width: 8, height: 8)
    var stem = ConvolutionStem(channels: [5, 6])
    stem.dropout = 0.2
    (first.stem, first.hidden, first.batchNormalization) = (stem, [8], .sync)
    (first.dropout, first.inputDropout) = ([0.2], 0.1)
    first.optimization.epochs = 1
    let before = try TrainingRun(first, output: output.path, name: "stem").train().model
    var configuration = try configuration(freezing: count)
    configuration.initialWeights = output.file("stem")
    configuration.optimization.epochs = 3
    configuration.execution.workers = 1
    let run = try TrainingRun(configuration, output: output.path, name: "alone")
    #expect(run.configuration.stem == stem && run.configuration.hidden == [8])
    let model = try run.train().model
    let layers = Network(model.network).parameters
    let kept = layers.filter { model.parameters[$0.range] == before.parameters[$0.range] }
    #expect(kept.map(\.name) == layers.prefix(5 * count).map(\.name))
    configuration.execution.workers = 3
    for result in try RankTests.train(configuration, output: output.path, name: "ranks", ranks: 2) {
      _ = try result.get()
    }
    let isSame = try modelFile("ranks") == modelFile("alone")
    #expect(isSame)
  }

  @Test func `More layers than there are cannot be frozen, and none without a file`() throws {
    var configuration = try configuration(freezing: 3)
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.setting == "freeze" && error?.problem.contains("hidden layers, 2, got 3") == true)
    configuration.initialWeights = nil
    configuration.fixedLayers = 1
    let needless = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(needless?.setting == "freeze" && needless?.problem.contains("needs init-weights") == true)
  }
}
