public import MillraceNetwork

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A setting and what it has come to.
package struct ResolvedSetting: Sendable, Hashable {
  /// The setting's name.
  package let key: String
  /// Its value; `auto` where the program has not chosen yet.
  package let text: String
  /// Why the program has chosen it, in a few words; nil where it has not.
  package let reason: String?
  /// Whether somebody has given it. A setting that the program never chooses counts as given where it is not at its
  /// default.
  package let isGiven: Bool

  /// What the program has chosen and why, as in "0.0013: usual for momentum"; nil where it has not.
  package var choiceInWords: String? { reason.map { "\(text): \($0)" } }
}

extension TrainingConfiguration {
  /// The settings with the values that they have come to, by name, in their order.
  package var resolvedSettings: [ResolvedSetting] {
    let standard = TrainingConfiguration(data: "")
    return ConfigurationSetting.all.compactMap { setting in
      setting.resolvedText(self).map { text in
        let state = setting.choice?.state(self)
        return ResolvedSetting(
          key: setting.key, text: text, reason: state?.reason,
          isGiven: state.map { !$0.isAutomatic } ?? (text != setting.value(standard)))
      }
    }
  }

  /// What the last layer's sums become: as given or chosen, else what fits the loss best.
  public var resolvedOutput: OutputKind { $output.isPending ? loss.outputs[0] : output }

  /// Makes the value of a setting one that the program has chosen; nothing where it never chooses.
  mutating func settle(_ key: String, because reason: String) {
    ConfigurationSetting.all.first { $0.key == key }?.choice?.settle(&self, reason)
  }

  /// Takes over what another configuration's choices have come to, where nobody has given the setting in either.
  package mutating func takeChoices(from other: TrainingConfiguration) throws {
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
  public var resolvedShards: Int { $shards.isPending ? usualShards : shards }

  /// The base learning rate: as given or chosen, else the usual one of the optimiser.
  ///
  /// - Parameter network: What is trained.
  public func resolvedLearningRate(for network: NetworkConfiguration) -> Double {
    $learningRate.isPending ? usualLearningRate(for: network, rows: batchSize).rate : learningRate
  }

  /// The learning rate that is known without knowing the network; nil where it has yet to be chosen.
  var givenLearningRate: Double? { $learningRate.isPending ? nil : learningRate }

  /// One shard for each 128 samples of a minibatch, and at least two.
  var usualShards: Int { min(max(1, batchSize), max(2, min(64, batchSize / 128))) }

  /// 0.001 for optimisers that scale each weight's step by themselves. For others 0.05 up to 784 inputs, and inversely
  /// less for more: by their root only where batch normalisation keeps the scale. Without a velocity, which adds up ten
  /// steps of each, normalised networks take ten times as much, and at most 0.2. A linear classifier takes a tenth: nothing
  /// stands between the inputs and the loss. And why.
  ///
  /// Steps of 32 to 128 images take the same rate. Steps of fewer are noisier, and take less, by the root; of more there
  /// are fewer, and normalised networks take up to four times as much.
  ///
  /// With standardised inputs the steepest direction of the loss has a curvature that grows with their number, and
  /// the largest stable step shrinks with it. Source: LeCun, Bottou, Orr, Müller, "Efficient backprop", 1998,
  /// section 5.
  ///
  /// - Parameters:
  ///   - network: What is trained.
  ///   - rows: The images of a step.
  package func usualLearningRate(for network: NetworkConfiguration, rows: Int) -> (
    rate: Double, reason: String
  ) {
    let name = optimizer.kind.rawValue
    switch optimizer.kind {
    case .rmsprop, .adam, .adamw: return (0.001, "usual for \(name)")
    case .sgd, .momentum, .nesterov:
      let share = min(1, 784 / Double(max(1, network.inputCount)))
      var rate = 0.05 * share
      var reasons = ["\(network.inputCount) inputs"]
      if network.stem != nil {
        // Places share their weights, so how many inputs there are says nothing.
        rate = network.batchNormalization == .none ? 0.01 : optimizer.kind == .sgd ? 0.2 : 0.05
        reasons = ["a stem"] + (network.batchNormalization == .none ? [] : ["batch-norm"])
      } else if network.hidden.isEmpty {
        rate /= 10
        reasons.append("no hidden layer")
      } else if network.batchNormalization != .none {
        rate = 0.05 * share.squareRoot() * min(4, max(1, Double(rows) / 128))
        if optimizer.kind == .sgd { rate = min(0.2, 10 * rate) }
        reasons.append("batch-norm")
      }
      rate *= min(1, Double(max(1, rows)) / 32).squareRoot()
      if rows < 32 || rows > 128 { reasons.append("\(rows) images a step") }
      // Two digits are all that a rule of thumb deserves.
      let reason =
        reasons.count > 1
        ? reasons.dropLast().joined(separator: ", ") + " and " + reasons[reasons.count - 1] : reasons[0]
      return (rate.rounded(toDigits: 2), "usual for \(name)\(reasons.count > 1 ? "," : " and") \(reason)")
    }
  }
}

extension Double {
  /// The nearest number of so many significant digits.
  package func rounded(toDigits digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    let scale = pow(10, Double(digits - 1) - log10(magnitude).rounded(.down))
    return (self * scale).rounded() / scale
  }
}
