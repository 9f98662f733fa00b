public import MillraceNetwork

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension TrainingConfiguration {
  /// The configuration with everything chosen that is left to the program and not chosen yet.
  ///
  /// It depends on the other settings alone, so the same settings give the same choices.
  public func chosen() -> TrainingConfiguration {
    var chosen = self
    if $output.isPending { chosen.$output.choose(resolvedOutput, because: "fits \(loss.rawValue)") }
    let inputCount = network(classes: 1).inputCount
    if optimization.$learningRate.isPending {
      let (rate, reason) = optimization.usualLearningRate(inputCount: inputCount)
      chosen.optimization.$learningRate.choose(rate, because: reason)
    }
    if optimization.$shards.isPending {
      chosen.optimization.$shards.choose(
        optimization.resolvedShards, because: "for \(optimization.batchSize) images a step")
    }
    for setting in ConfigurationSetting.all {
      if let choice = setting.choice, choice.state(chosen).isPending { choice.settle(&chosen, "as usual") }
    }
    return chosen
  }

  /// What the last layer's sums become: as given or chosen, else what fits the loss best.
  public var resolvedOutput: OutputKind { $output.isPending ? loss.outputs[0] : output }

  /// Makes the value of a setting one that the program has chosen; nothing where it never chooses.
  mutating func settle(_ key: String, because reason: String) {
    ConfigurationSetting.all.first { $0.key == key }?.choice?.settle(&self, reason)
  }

  /// Takes over what another configuration's choices have come to, where nobody has given the setting in either.
  mutating func takeChoices(from other: TrainingConfiguration) throws {
    for setting in ConfigurationSetting.all {
      guard let choice = setting.choice, choice.state(self).isPending, let value = setting.value(other),
        let reason = choice.state(other).reason
      else { continue }
      try setting.assign(&self, value)
      choice.settle(&self, reason)
    }
  }
}

extension OptimizationOptions {
  /// The number of shards: as given or chosen, else one for each 128 samples of a minibatch and at least two.
  ///
  /// It depends on the configuration alone, never on the machine, so that the sums do not either.
  public var resolvedShards: Int {
    $shards.isPending ? min(batchSize, max(2, min(64, batchSize / 128))) : shards
  }

  /// The base learning rate: as given or chosen, else the usual one of the optimiser.
  ///
  /// - Parameter inputCount: The network's inputs.
  public func resolvedLearningRate(inputCount: Int) -> Double {
    $learningRate.isPending ? usualLearningRate(inputCount: inputCount).rate : learningRate
  }

  /// 0.001 for optimisers that scale each weight's step by themselves, else 0.05 up to 784 inputs and inversely less for
  /// more; and why.
  ///
  /// With standardised inputs the steepest direction of the loss has a curvature that grows with their number, and
  /// the largest stable step shrinks with it. Source: LeCun, Bottou, Orr, Müller, "Efficient backprop", 1998,
  /// section 5.
  func usualLearningRate(inputCount: Int) -> (rate: Double, reason: String) {
    switch optimizer.kind {
    case .rmsprop, .adam, .adamw: return (0.001, "usual for \(optimizer.kind.rawValue)")
    case .sgd, .momentum, .nesterov:
      // Two digits are all that a rule of thumb deserves.
      let rate = 0.05 * min(1, 784 / Double(max(1, inputCount)))
      let scale = pow(10, 1 - log10(rate).rounded(.down))
      return (
        (rate * scale).rounded() / scale, "usual for \(optimizer.kind.rawValue) and \(inputCount) inputs"
      )
    }
  }
}
