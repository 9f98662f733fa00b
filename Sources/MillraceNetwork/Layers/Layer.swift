public import MillraceRandom

/// One layer of a feedforward network: pure numerics over borrowed memory.
///
/// A layer owns no parameters. It describes them, and sees its slice of the network's flat parameter and
/// gradient vectors. It may be used from many threads at once, each with memory of its own.
public protocol Layer: Sendable {
  /// The word for this kind of layer in names of parameters and in messages.
  var name: String { get }
  /// The columns of the layer's input.
  var inputCount: Int { get }
  /// The columns of the layer's output.
  var outputCount: Int { get }
  /// The tensors of the layer's slice, in order and without gaps.
  var parameters: [ParameterDescription] { get }

  /// Writes the initial values of the parameters.
  ///
  /// - Parameters:
  ///   - values: The layer's slice.
  ///   - random: A stream of this layer alone.
  func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom)

  /// output ← f(input).
  ///
  /// - Parameters:
  ///   - input: (rows, inputCount).
  ///   - output: (rows, outputCount); every element is written.
  ///   - parameters: The layer's slice.
  func forward(_ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>)

  /// Writes the gradients of the loss with respect to the parameters and, where asked, to the input.
  ///
  /// - Parameters:
  ///   - input: The input of the forward pass.
  ///   - output: Its output.
  ///   - outputGradient: (rows, outputCount); used as scratch, its values are lost.
  ///   - inputGradient: (rows, inputCount), or nil where nobody needs it (the first layer).
  ///   - parameters: The layer's slice.
  ///   - gradient: The layer's slice of the gradient vector; every element is written.
  func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>)
}

/// One tensor of a layer's parameters.
public struct ParameterDescription: Sendable, Hashable {
  /// The name within the layer, such as `weight`.
  public let name: String
  /// The extents, outermost first; a weight matrix is (outputs, inputs).
  public let shape: [Int]
  /// Whether weight decay applies. Biases and scales are not decayed.
  public let decays: Bool

  /// Describes a tensor.
  public init(name: String, shape: [Int], decays: Bool) {
    self.name = name
    self.shape = shape
    self.decays = decays
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
