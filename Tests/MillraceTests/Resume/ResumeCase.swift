import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillraceTraining
import Testing
import _MillraceTestSupport

/// A kind of small run, with state that a checkpoint could forget.
enum ResumeCase: String, CaseIterable, CustomTestStringConvertible {
  case everythingRandom = "batch norm, dropout, mixup, momentum, moving average"
  case adamOnPlateau = "adam, cutmix, a schedule that follows the validation"
  case denseSparseDense = "dense-sparse-dense, norms clipped"
  case repeatedSamples = "small classes shown again and again, dropout"
  case stoppedAndRefit = "early stopping, then a refit"
  case refitInPhases = "a refit with dense-sparse-dense"
  case withoutValidation = "no validation"
  case stem = "convolutions with batch norm and dropped channels, input dropout"
  case bfloat16 = "products in bfloat16, maxout, moving average, norms clipped"
  case tinyRest = "batch norm over shards, a rest that joins the minibatch before"

  var testDescription: String { rawValue }

  func configuration(_ folder: ImageFolder) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.channels = .gray
    configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, rotate:15")
    configuration.validationFraction = 0.25
    configuration.hidden = [12]
    configuration.optimization.epochs = 3
    configuration.optimization.batchSize = 10
    configuration.optimization.learningRate = 0.02
    switch self {
    case .everythingRandom:
      configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, mixup:0.3")
      configuration.batchNormalization = .sync
      configuration.dropout = [0.2]
      configuration.optimization.regularization.averageDecay = 0.8
    case .adamOnPlateau:
      configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, cutmix")
      configuration.optimization.optimizer = try OptimizerConfiguration(parsing: "adam")
      configuration.optimization.schedule = try LearningRateSchedule(
        parsing: "plateau:factor=0.5;patience=0;improvement=0.5")
    case .denseSparseDense:
      configuration.optimization.epochs = 4
      configuration.optimization.denseSparseDense = try DenseSparseDense(
        parsing: "sparsity=0.4;sparse-epochs=2;final-epochs=1")
      configuration.optimization.regularization.clipNorm = 1
      configuration.optimization.regularization.maxNorm = 1
    case .repeatedSamples:
      configuration.balance = .sampling
      configuration.dropout = [0.3]
      configuration.inputDropout = 0.1
    case .stoppedAndRefit:
      configuration.optimization.epochs = 6
      configuration.optimization.earlyStopping.patience = 1
      configuration.optimization.earlyStopping.minimumImprovement = 0.3
      configuration.optimization.refits = true
    case .refitInPhases:
      configuration.optimization.denseSparseDense = try DenseSparseDense(
        parsing: "sparse-epochs=1;final-epochs=1")
      configuration.optimization.refits = true
      configuration.optimization.earlyStopping.metric = .loss
    case .withoutValidation:
      configuration.trainOnEverything()
      configuration.optimization.optimizer = try OptimizerConfiguration(parsing: "rmsprop")
    case .stem:
      var stem = ConvolutionStem(channels: [4, 6])
      (stem.dropout, stem.head) = (0.2, .flatten)
      configuration.stem = stem
      configuration.batchNormalization = .sync
      configuration.inputDropout = 0.1
      configuration.optimization.regularization.maxNorm = 1
    case .bfloat16:
      configuration.precision = .bfloat16
      configuration.activations = [.maxout(pieces: 2)]
      configuration.dropout = [0.2]
      configuration.optimization.regularization.averageDecay = 0.8
      configuration.optimization.regularization.clipNorm = 1
    case .tinyRest:
      // There are 27 images: a minibatch of 13, and one of 13 and one more.
      configuration.optimization.batchSize = 13
      configuration.batchNormalization = .shard
    }
    return configuration
  }
}

/// Runs in a folder of their own, on images of their own.
final class ResumeBench {
  let images: ImageFolder
  let output: TemporaryFolder

  init(countPerClass: Int = 12) throws {
    images = try ImageFolder(countPerClass: countPerClass)
    output = try TemporaryFolder()
  }

  /// Makes images that suit a kind of run.
  init(for kind: ResumeCase) throws {
    images = try ImageFolder(counts: kind == .repeatedSamples ? [24, 8, 4] : [12, 12, 12])
    output = try TemporaryFolder()
  }

  func folder(_ name: String) -> RunFolder { RunFolder(path: "\(output.path)/\(name)") }

  /// Trains under a name, to the end or until an observer stops it; returns the events.
  @discardableResult
  func train(
    _ configuration: TrainingConfiguration, _ name: String, _ observers: any TrainingObserver...
  ) throws -> [TrainingEvent] {
    try events {
      try TrainingRun(configuration, output: output.path, name: name).train(observers: observers + [$0])
    }
  }

  /// Goes on with a run, with other threads, another cache and another checkpoint interval.
  @discardableResult
  func resume(_ name: String, _ observers: any TrainingObserver...) throws -> [TrainingEvent] {
    try events { log in
      let run = try TrainingRun(resuming: folder(name).path) { configuration in
        configuration.execution.workers = 3 - (configuration.execution.workers ?? 2) % 3
        configuration.execution.loaders = 1 + (configuration.execution.loaders ?? 1) % 3
        configuration.execution.queue = 2 + configuration.execution.queue % 5
        configuration.execution.cache = configuration.execution.cache == .off ? .auto : .off
        configuration.execution.checkpointInterval =
          configuration.execution.checkpointInterval == .steps(1) ? .never : .steps(1)
      }
      try run.train(observers: observers + [log])
    }
  }

  func model(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder(name).model))
  }

  private func events(_ run: (any TrainingObserver) throws -> Void) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    do { try run(AtEachEvent { events.append($0) }) } catch is StopAtEvent.Stop {}
    return events
  }
}
