/// A rule that turns gradients into steps: a pure function over short blocks of the flat vectors.
///
/// An optimiser is one file and one line in ``OptimizerKind``. It keeps no state of its own; what it remembers
/// between steps are vectors as long as the parameters, which the caller owns, so that a worker can update its
/// slice while it is in cache. Each element is stepped alone, so the result does not depend on the blocks.
public protocol Optimizer: Sendable {
  /// The vectors that it remembers between steps, by name; they start at zero.
  var stateNames: [String] { get }

  /// Updates a block of parameters.
  ///
  /// - Parameters:
  ///   - block: The elements to step.
  ///   - learningRate: η of this step.
  ///   - step: The number of this step in the whole run, from 1: what bias correction follows from.
  func update(_ block: ParameterBlock, learningRate: Float, step: Int)
}

/// A block of the flat vectors: the same elements of each.
public struct ParameterBlock {
  /// The parameters; updated.
  public let parameters: UnsafeMutablePointer<Float>
  /// The mean gradient over the minibatch, without the penalty; may be overwritten.
  public let gradient: UnsafeMutablePointer<Float>
  /// The optimiser's vectors, in the order of its `stateNames`; updated.
  public let states: UnsafePointer<UnsafeMutablePointer<Float>>
  /// The block's offset in the state vectors.
  public let offset: Int
  /// The number of elements.
  public let count: Int
  /// λ of the penalty ½λ‖w‖², whose gradient λw is added; 0 for what does not decay.
  public let weightDecay: Float

  /// Names a block.
  public init(
    parameters: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    states: UnsafePointer<UnsafeMutablePointer<Float>>, offset: Int, count: Int, weightDecay: Float
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.states = states
    self.offset = offset
    self.count = count
    self.weightDecay = weightDecay
  }

  /// The block's elements of a state vector.
  public func state(_ index: Int) -> UnsafeMutablePointer<Float> { states[index] + offset }
}
