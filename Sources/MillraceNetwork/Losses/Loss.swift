/// What the outputs of a minibatch are held against. It borrows its memory.
public enum Targets {
  /// One class index a row.
  case classes(UnsafePointer<Int32>)
  /// One row of target values a sample: soft class probabilities, or the numbers of a regression.
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

/// The loss of some samples, as sums: shards and unequal minibatches add up without error.
public struct LossSum: Sendable, Hashable {
  /// The sum of the samples' losses.
  public var loss: Double = 0
  /// How many samples' largest output is their target's.
  public var correct: Int = 0
  /// How many samples were counted.
  public var count: Int = 0

  /// The sum over no samples.
  public init() {}

  /// The mean loss of a sample; 0 where there are none.
  public var mean: Double { count > 0 ? loss / Double(count) : 0 }
  /// The share of correct samples, from 0 to 1; 0 where there are none.
  public var accuracy: Double { count > 0 ? Double(correct) / Double(count) : 0 }

  /// Adds two sums.
  public static func += (sum: inout LossSum, more: LossSum) {
    sum.loss += more.loss
    sum.correct += more.correct
    sum.count += more.count
  }
}

/// The function that training makes small.
public protocol Loss: Sendable {
  /// Sums the loss over the rows and, where asked, writes its gradient.
  ///
  /// - Parameters:
  ///   - outputs: (rows, outputs) of the last layer, before any softmax.
  ///   - targets: One target a row.
  ///   - gradient: (rows, outputs), or nil; receives `scale` × the gradient of each row's loss.
  ///   - scale: Usually 1 / the minibatch's count.
  func evaluate(_ outputs: Matrix, _ targets: Targets, gradient: Matrix?, scale: Float) -> LossSum

  /// Turns the last layer's outputs into what a user reads: probabilities for a classifier. In place.
  func predictions(_ outputs: Matrix)
}

/// The index of the largest of `count` values, the first of equals.
func indexOfLargest(_ values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for i in 1..<max(1, count) where values[i] > values[best] { best = i }
  return best
}
