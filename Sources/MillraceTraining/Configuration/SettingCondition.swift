import MillraceModels
import MillraceNetwork
import MillracePipeline

/// What a setting needs of the others to do anything.
///
/// One given where it does nothing is a mistake of whoever gives it, see ``LayeredConfiguration``; one that stands at its
/// default is of no interest and is left out of `config.yaml`. Conditions that depend on the data are found by
/// ``TrainingRun``.
package struct SettingCondition: Sendable {
  /// When the setting does nothing, in words that follow "has no effect".
  package let reason: String
  /// Whether it does something.
  let holds: @Sendable (TrainingConfiguration) -> Bool

  private init(_ reason: String, unless holds: @escaping @Sendable (TrainingConfiguration) -> Bool) {
    self.reason = reason
    self.holds = holds
  }

  static let noOtherValidation = SettingCondition("beside val") { $0.validation == nil }
  static let noFolds = SettingCondition("beside folds") { $0.folds == 1 }
  static let velocity = SettingCondition("unless optimizer is momentum or nesterov") {
    [.momentum, .nesterov].contains($0.optimization.optimizer.kind)
  }
  static let elasticNet = SettingCondition("unless elastic-net is above 0") {
    $0.optimization.regularization.elasticNet > 0
  }
  static let newWeights = SettingCondition("beside init-weights") { $0.initialWeights == nil }
  /// Normalisation shifts by itself.
  static let noNormalization = SettingCondition("beside batch-norm") { $0.batchNormalization == .none }
  /// A bias that maxout or identity begins with is none.
  static let hiddenBiases = SettingCondition("where activation is maxout or identity") {
    $0.hidden.isEmpty || $0.hasStem || $0.activations.contains(where: \.beginsWithBias)
  }
  static let layersBeforeLast = SettingCondition("where hidden is none") {
    !$0.hidden.isEmpty || $0.hasStem
  }
  static let hiddenLayers = SettingCondition("where hidden is none") { !$0.hidden.isEmpty }
  static let epochsAfterWarmup = SettingCondition("where all epochs are warmup-epochs") {
    $0.optimization.warmupEpochs < Double($0.optimization.epochs)
  }
  static let monitoring = SettingCondition("where monitor is last") {
    $0.optimization.earlyStopping.metric != .last
  }
  /// Others are no probabilities of which exactly one class is meant.
  static let softmaxOutputs = SettingCondition("unless loss is cross-entropy with softmax outputs") {
    $0.givesProbabilitiesOfOneClass
  }
  static let skipping = SettingCondition("where on-bad-file is fail") { $0.reading.onBadFile != .fail }
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
    ConfigurationSetting.all.first { $0.key == key }?.conditions.first { !$0.holds(self) }?.reason
  }
}
