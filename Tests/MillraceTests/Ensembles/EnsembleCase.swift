import MillraceNetwork
import MillraceTraining
import Testing

/// Kinds of small models of several networks, with everything random in their training.
enum EnsembleCase: String, CaseIterable, CustomTestStringConvertible {
  case ensemble, folds
  /// Folds of networks with a stem.
  case stem

  var testDescription: String { rawValue }

  func configuration(_ bench: ResumeBench) throws -> TrainingConfiguration {
    var configuration = try Self.member(bench)
    switch self {
    case .ensemble: configuration.ensemble = 3
    case .folds: configuration.folds = 3
    case .stem:
      (configuration.folds, configuration.hidden) = (3, [])
      configuration.stem = ConvolutionStem(channels: [4, 6])
    }
    return configuration
  }

  /// The configuration of one network's training.
  static func member(_ bench: ResumeBench) throws -> TrainingConfiguration {
    var configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    configuration.optimization.epochs = 2
    return configuration
  }
}
