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
