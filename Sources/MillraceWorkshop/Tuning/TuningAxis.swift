import MillraceImages
import MillraceModels
import MillraceNetwork
import MillraceTraining

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One part of a configuration that a search for better settings may change.
///
/// A new one is a line in ``all``: its name, its setting, and how a configuration can change by it.
public struct TuningAxis: Sendable {
  /// The name of the axis, such as `mirror`.
  public let name: String
  /// The setting that the axis moves, such as `augment`.
  public let setting: String
  /// What the axis does, in a few words.
  public let summary: String
  /// Whether the axis moves only where somebody names it.
  public let isOnRequest: Bool
  /// The changes that are possible in a configuration; empty where the axis means nothing there.
  let moves: @Sendable (TrainingConfiguration) -> [Move]

  /// A step along an axis.
  package struct Move: Sendable {
    /// The new value, in words that can follow the axis' name.
    let text: String
    let apply: @Sendable (inout TrainingConfiguration) -> Void
  }

  /// Every axis, the most promising ones first.
  public static let all: [TuningAxis] = [
    TuningAxis("mirror", "augment", "mirror images of the training images") { configuration in
      let augment = configuration.augment
      return augment.contains("flip")
        ? [.augment("no", augment.without("flip"))] : [.augment("yes", try? augment.adding("flip:0.5"))]
    },
    TuningAxis("strength", "augment", "how strong the augmentation is") { configuration in
      let augment = configuration.augment
      if augment.isNone {
        return ["light", "medium"].map { .augment($0, try? augment.adding($0)) }
      }
      return [0.5, 1.5, 2].map { .augment("× \($0.shortText)", augment.scaled(by: Float($0))) }
    },
    .numbers("lr", "the base learning rate", \.optimization.learningRate) { rate in
      [0.3, 0.5, 2, 3].map { (rate * $0).twoDigits }
    },
    TuningAxis("dropout", "dropout", "the share of hidden units that is dropped") { configuration in
      // Rates that somebody gave layer by layer are left alone.
      guard Set(configuration.dropout).count == 1, let rate = configuration.dropout.first,
        !configuration.hidden.isEmpty
      else { return [] }
      return [0, 0.1, 0.2, 0.3, 0.4, 0.5].filter { $0 != rate && abs($0 - rate) < 0.25 }.map { rate in
        Move(text: rate.shortText) { $0.dropout = [rate] }
      }
    },
    TuningAxis("width", "hidden", "units of all hidden layers") { configuration in
      let hidden = configuration.hidden
      return hidden.isEmpty
        ? [] : [hidden.map { max(1, $0 / 2) }, hidden.map { $0 * 2 }].map { .hidden($0) }
    },
    TuningAxis("mixup", "augment", "images of a minibatch blended with each other") { configuration in
      let augment = configuration.augment
      return augment.batch.isNone
        ? [0.2, 0.4].map { .augment($0.shortText, try? augment.adding("mixup:\($0)")) }
        : [.augment("no", augment.without("mixup").without("cutmix"))]
    },
    .numbers("weight-decay", "the penalty on large weights", \.optimization.regularization.weightDecay) {
      penalty in
      penalty > 0 ? [0.1, 0.3, 3, 10].map { (penalty * $0).twoDigits } : [1e-4, 1e-3]
    },
    TuningAxis("label-smoothing", "label-smoothing", "the share of the target spread over all classes") {
      configuration in
      guard configuration.loss == .crossEntropy else { return [] }
      let now = configuration.labelSmoothing
      return [0, 0.05, 0.1, 0.2].filter { $0 != now && abs($0 - now) < 0.11 }.map { smoothing in
        Move(text: smoothing.shortText) { $0.labelSmoothing = smoothing }
      }
    },
    TuningAxis("depth", "hidden", "how many hidden layers there are") { configuration in
      // Values that somebody gave layer by layer fit only this number of layers.
      guard configuration.activations.count == 1, configuration.dropout.count == 1 else { return [] }
      let hidden = configuration.hidden
      guard let last = hidden.last else { return [.hidden([256])] }
      return [hidden + [last]].map { .hidden($0) } + (hidden.count > 1 ? [.hidden(hidden.dropLast())] : [])
    },
    TuningAxis("batch-norm", "batch-norm", "batch normalisation of hidden layers") { configuration in
      guard !configuration.hidden.isEmpty else { return [] }
      let other: BatchNormalizationKind = configuration.batchNormalization == .none ? .sync : .none
      return [Move(text: other.rawValue) { $0.batchNormalization = other }]
    },
    TuningAxis("stem", "stem", "convolutions before the hidden layers", isOnRequest: true) { configuration in
      guard let stem = configuration.stem else {
        return [[32, 64], [32, 64, 128], [32, 64, 128, 256]].map { .stem(ConvolutionStem(channels: $0)) }
      }
      var (wider, deeper, flat) = (stem, stem, stem)
      wider.channels = stem.channels.map { $0 * 2 }
      deeper.depth = stem.depth == 1 ? 2 : 1
      flat.head = stem.head == .mean ? .flatten : .mean
      return [wider, deeper, flat].map { .stem($0) }
    },
  ]

  init(
    _ name: String, _ setting: String, _ summary: String, isOnRequest: Bool = false,
    moves: @escaping @Sendable (TrainingConfiguration) -> [Move?]
  ) {
    (self.name, self.setting, self.summary) = (name, setting, summary)
    self.isOnRequest = isOnRequest
    self.moves = { configuration in moves(configuration).compactMap { $0 } }
  }

  /// A number whose axis has the name of its setting.
  private static func numbers(
    _ setting: String, _ summary: String,
    _ path: any WritableKeyPath<TrainingConfiguration, Double> & Sendable,
    _ values: @escaping @Sendable (Double) -> [Double]
  ) -> TuningAxis {
    TuningAxis(setting, setting, summary) { configuration in
      values(configuration[keyPath: path]).map { value in
        Move(text: value.shortText) { $0[keyPath: path] = value }
      }
    }
  }

  /// The changes of a configuration by this axis that make another configuration, which can be trained.
  func possibleMoves(from configuration: TrainingConfiguration) -> [Move] {
    moves(configuration).filter { move in
      var moved = configuration
      move.apply(&moved)
      return moved.recipe != configuration.recipe && (try? moved.validate()) != nil
    }
  }
}

extension TuningAxis.Move {
  fileprivate static func augment(_ text: String, _ policy: AugmentationPolicy?) -> Self? {
    policy.map { policy in Self(text: text) { $0.augment = policy } }
  }

  /// What goes with another stem is not what goes with none: the hidden layers that stand behind it and the learning rate.
  fileprivate static func stem(_ stem: ConvolutionStem) -> Self {
    Self(text: stem.shortText) { configuration in
      let isFirst = configuration.stem == nil
      configuration.stem = stem
      guard isFirst else { return }
      configuration.hidden = []
      configuration.batchNormalization = .sync
      let optimization = configuration.optimization
      configuration.optimization.learningRate =
        optimization.usualLearningRate(for: configuration.network(classes: 1), rows: optimization.batchSize)
        .rate
    }
  }

  fileprivate static func hidden(_ widths: [Int]) -> Self {
    Self(text: widths.map(String.init).joined(separator: ",")) { $0.hidden = widths }
  }
}

extension Double {
  /// The number rounded to two digits: a step deserves no more.
  var twoDigits: Double {
    guard self > 0, isFinite else { return self }
    let scale = pow(10, 1 - log10(self).rounded(.down))
    return (self * scale).rounded() / scale
  }
}
