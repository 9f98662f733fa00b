/// One tensor of a layer's parameters.
public struct ParameterDescription: Sendable, Hashable {
  /// What training does with a tensor.
  public enum Role: Sendable, Hashable {
    /// Learned, and subject to weight penalties.
    case weight
    /// Learned, never penalised: biases and the scales and shifts of normalisation.
    case bias
    /// Not learned: a running average of what the layer writes into its gradient slice.
    case statistic(momentum: Float)
    /// Not learned: it stays as it is, and nothing is written into its gradient slice.
    case fixed

    /// Whether training steps it by its gradient.
    package var isLearned: Bool { self == .weight || self == .bias }
  }

  /// The name within the layer, such as `weight`.
  public let name: String
  /// The extents, outermost first; those of a matrix are its units, then what its inputs are.
  public let shape: [Int]
  /// What training does with it.
  public let role: Role
  /// How it is multiplied, where it is a matrix of products; nil: the layer does with it what it likes, and writes its
  /// gradient itself.
  public let matrix: WeightMatrix?

  /// Describes a tensor.
  public init(name: String, shape: [Int], role: Role, matrix: WeightMatrix? = nil) {
    self.name = name
    self.shape = shape
    self.role = role
    self.matrix = matrix
  }

  /// The elements of a row, which is everything that belongs to one of the outermost extent: a unit's incoming weights. 1
  /// where there is one extent.
  public var rowLength: Int { shape.count > 1 ? shape.dropFirst().reduce(1, *) : 1 }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
