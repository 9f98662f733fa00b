/// The loss of some samples, as sums: shards and unequal minibatches add up without error.
public struct LossSum: BitwiseCopyable, Sendable, Hashable, Codable {
  /// The sum of the samples' losses.
  public var loss: Double = 0
  /// How many samples' largest output is their target's largest.
  public var correct: Int = 0
  /// How many samples were counted.
  public var count: Int = 0

  /// The sum over no samples.
  public init() {}

  /// The mean loss of a sample; nil where there are none.
  public var mean: Double? { count > 0 ? loss / Double(count) : nil }
  /// The share of correct samples, from 0 to 1; nil where there are none.
  public var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }

  /// Adds two sums.
  public static func += (sum: inout LossSum, more: LossSum) {
    sum.loss += more.loss
    sum.correct += more.correct
    sum.count += more.count
  }
}
