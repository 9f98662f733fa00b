/// What the outputs of a minibatch are held against. It borrows its memory.
public enum Targets {
  /// One class index a row.
  case classes(UnsafePointer<Int32>)
  /// One row of target values a sample: soft class probabilities that sum to one, or the numbers of a regression.
  case values(UnsafePointer<Float>)

  /// The targets from a row on.
  ///
  /// - Parameters:
  ///   - row: The first row wanted.
  ///   - columns: The columns of a row of values.
  public func advanced(by row: Int, columns: Int) -> Targets {
    switch self {
    case .classes(let labels): .classes(labels + row)
    case .values(let values): .values(values + row * columns)
    }
  }
}

/// The function that training makes small.
///
/// A loss is one file with one type of this protocol, and one line in ``LossKind`` if it is to have a name.
public protocol Loss: Sendable {
  /// The loss of one row and, in place of its outputs, the gradient with respect to them.
  ///
  /// - Parameters:
  ///   - outputs: The last layer's, before any softmax or sigmoid that belongs to the loss; overwritten.
  ///   - target: As many values: class probabilities that sum to one, or the numbers of a regression.
  ///   - count: The number of outputs, at least 1.
  func replaceWithGradient(
    _ outputs: UnsafeMutablePointer<Float>, target: UnsafePointer<Float>, count: Int
  ) -> Double

  /// Turns a row of the last layer's outputs into what a user reads, in place; probabilities for a classifier.
  func predict(_ outputs: UnsafeMutablePointer<Float>, count: Int)
}

extension Loss {
  /// Most outputs are read as they are.
  public func predict(_ outputs: UnsafeMutablePointer<Float>, count: Int) {}
}
