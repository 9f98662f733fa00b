/// What a network is made of: enough to build it again, and what a model file stores.
public struct NetworkConfiguration: Sendable, Hashable, Codable {
  /// The values of one sample: channels × height × width.
  public var inputCount: Int
  /// The units of each hidden layer, first to last; empty for a linear classifier.
  public var hidden: [Int]
  /// The activation of the hidden layers.
  public var activation: ActivationKind
  /// The outputs: one a class.
  public var outputCount: Int

  /// Describes a network.
  public init(inputCount: Int, hidden: [Int], activation: ActivationKind = .relu, outputCount: Int) {
    self.inputCount = inputCount
    self.hidden = hidden
    self.activation = activation
    self.outputCount = outputCount
  }
}

extension NetworkConfiguration {
  /// Why no network can be built from this, in a few words; nil where one can.
  ///
  /// For configurations that come from files: the limit on parameters keeps a forged one from taking memory.
  public var problem: String? {
    let widths = [inputCount] + hidden + [outputCount]
    if let bad = widths.first(where: { $0 < 1 }) { return "a layer of \(bad) units" }
    var total = 0
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      let (count, overflow) = outputs.multipliedReportingOverflow(by: inputs)
      let (sum, overflowed) = total.addingReportingOverflow(count)
      if overflow || overflowed || sum > 1 << 34 { return "more than 2^34 weights" }
      total = sum
    }
    return nil
  }
}
