import MillraceImages
import MillraceNetwork
public import MillraceTraining

extension TrainingConfiguration {
  /// A run on a folder that leaves only those choices to the program that follow from its other settings: a small
  /// network without normalisation or dropout, momentum, 20 epochs of which the best is kept, no augmentation.
  ///
  /// It is for tests of something else than what the program would choose.
  public static func plain(_ data: String) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: data)
    configuration.imageSize = ImageSize(width: 32, height: 32)
    configuration.channels = .rgb
    configuration.augment = .none
    configuration.hidden = [512, 256]
    configuration.batchNormalization = .none
    configuration.dropout = [0]
    configuration.labelSmoothing = 0
    configuration.optimization.optimizer = OptimizerConfiguration(.momentum)
    configuration.optimization.momentum = 0.9
    configuration.optimization.regularization.weightDecay = 1e-4
    configuration.optimization.schedule = .cosine
    configuration.optimization.warmupEpochs = 0
    configuration.optimization.epochs = 20
    configuration.optimization.batchSize = 128
    configuration.optimization.earlyStopping.metric = .accuracy
    configuration.optimization.refits = false
    return configuration
  }

  /// Keeps no image for validation.
  public mutating func trainOnEverything() {
    validationFraction = 0
    // No images are left to tell the best epoch by.
    optimization.earlyStopping.$metric.reset()
  }
}
