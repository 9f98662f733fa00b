/// A rule that turns gradients into steps: a pure function over short blocks of the flat vectors.
///
/// An optimiser is one file and one line in ``OptimizerKind``. It has no state of its own. What it remembers
/// between steps is in vectors as long as the parameters, which the caller owns, so a worker can update its
/// slice while it is in cache. Each element is stepped alone, so the result does not depend on the blocks.
public protocol Optimizer: Sendable {
  /// The names of the vectors that the rule remembers between steps; they start at zero.
  var stateNames: [String] { get }

  /// Updates a block of parameters.
  ///
  /// - Parameters:
  ///   - block: The elements to step.
  ///   - learningRate: η of this step.
  ///   - step: The number of this step in the whole run, from 1; bias correction follows from it.
  func update(_ block: ParameterBlock, learningRate: Float, step: Int)
}

/// A block of the flat vectors: the same elements of each.
public struct ParameterBlock {
  /// The parameters, which the rule updates.
  public let parameters: UnsafeMutablePointer<Float>
  /// The mean gradient over the minibatch, without the penalty; the rule may overwrite it.
  public let gradient: UnsafeMutablePointer<Float>
  /// The optimiser's vectors, in the order of its `stateNames`, which the rule updates.
  public let states: UnsafePointer<UnsafeMutablePointer<Float>>
  /// The block's offset in the state vectors.
  public let offset: Int
  /// The number of elements.
  public let count: Int
  /// λ of the penalty ½λ‖w‖², whose gradient λw is added; 0 for parameters that do not decay.
  public let weightDecay: Float

  /// Makes a block.
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
