import MillraceNetwork

/// A setting that does nothing unless others let it.
///
/// One given all the same is a mistake of whoever gives it, see ``LayeredConfiguration``; one that stands at its default
/// is of no interest and is left out of `config.yaml`.
struct SettingCondition: Sendable {
  let key: String
  /// When it does nothing, in words that follow "has no effect".
  let reason: String
  /// Whether it does something.
  let holds: @Sendable (TrainingConfiguration) -> Bool

  private init(
    _ key: String, _ reason: String, unless holds: @escaping @Sendable (TrainingConfiguration) -> Bool
  ) {
    self.key = key
    self.reason = reason
    self.holds = holds
  }

  /// All of them. Those that depend on the data are found by ``TrainingRun``.
  static let all: [SettingCondition] =
    [
      SettingCondition("val-fraction", "beside val") { $0.validation == nil },
      SettingCondition("val-fraction", "beside folds") { $0.folds == 1 },
      SettingCondition("momentum", "unless optimizer is momentum or nesterov") {
        [.momentum, .nesterov].contains($0.optimization.optimizer.kind)
      },
      SettingCondition("elastic-ratio", "unless elastic-net is above 0") {
        $0.optimization.regularization.elasticNet > 0
      },
      SettingCondition("init", "beside init-weights") { $0.initialWeights == nil },
      SettingCondition("init-bias", "beside init-weights") { $0.initialWeights == nil },
      // Normalisation shifts by itself, and a bias that maxout or identity begins with is none.
      SettingCondition("init-bias", "beside batch-norm") { $0.batchNormalization == .none },
      SettingCondition("init-bias", "where activation is maxout or identity") {
        $0.hidden.isEmpty || $0.activations.contains(where: \.beginsWithBias)
      },
      SettingCondition("schedule", "where all epochs are warmup-epochs") {
        $0.optimization.warmupEpochs < Double($0.optimization.epochs)
      },
      SettingCondition("patience", "where monitor is last") { $0.optimization.earlyStopping.metric != .last },
      SettingCondition("min-delta", "where monitor is last") {
        $0.optimization.earlyStopping.metric != .last
      },
      SettingCondition("max-bad", "where on-bad-file is fail") { $0.reading.onBadFile != .fail },
    ]
    + ["activation", "dropout", "batch-norm", "init-bias"].map { key in
      SettingCondition(key, "where hidden is none") { !$0.hidden.isEmpty }
    }
}

extension HiddenActivation {
  /// Whether the biases of units with it begin as they are told to.
  fileprivate var beginsWithBias: Bool {
    switch self {
    case .maxout, .elementwise(.identity): false
    case .elementwise: true
    }
  }
}

extension TrainingConfiguration {
  /// Why a setting does nothing beside the others, in words that follow "has no effect"; nil if it does something.
  func reasonWithoutEffect(of key: String) -> String? {
    SettingCondition.all.first { $0.key == key && !$0.holds(self) }?.reason
  }
}
