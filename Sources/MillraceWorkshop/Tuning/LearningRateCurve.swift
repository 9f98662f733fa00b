#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The loss while the learning rate grows: the measurements of a range test, and what follows from them.
public struct LearningRateCurve: Sendable, Hashable, Codable {
  /// A step of the test.
  public struct Point: Sendable, Hashable, Codable {
    /// The learning rate of the step.
    public var rate: Double
    /// The loss on its minibatch, before the step.
    public var loss: Double
    /// The loss as a moving average over the steps so far.
    public var smoothed: Double
  }

  /// The steps, by ascending rate.
  public private(set) var points: [Point] = []
  private var average = 0.0

  /// The share of the moving average that each step keeps; the average covers about twenty steps.
  public static let smoothing = 0.95
  /// The loss has grown beyond hope at this many times its minimum.
  private static let hopeless = 4.0
  /// The average of fewer steps tells nothing.
  private static let fewest = 10
  /// A smaller fall is noise.
  private static let leastFall = 0.02

  /// The curve before the first step.
  public init() {}

  /// Adds a step's loss; the rates must ascend.
  public mutating func add(rate: Double, loss: Double) {
    average = Self.smoothing * average + (1 - Self.smoothing) * loss
    // The share of the zero with which the average began is divided out, as Adam does.
    let weight = 1 - pow(Self.smoothing, Double(points.count + 1))
    points.append(Point(rate: rate, loss: loss, smoothed: average / weight))
  }

  /// The steps whose average says something.
  private var settled: ArraySlice<Point> { points.dropFirst(Self.fewest) }

  /// The point where the smoothed loss is least; nil as long as it has not fallen.
  public var lowest: Point? {
    guard let first = settled.first, let lowest = settled.min(by: { $0.smoothed < $1.smoothed }),
      lowest.smoothed < first.smoothed * (1 - Self.leastFall)
    else { return nil }
    return lowest
  }

  /// The point where the smoothed loss falls fastest for a proportional growth of the rate; nil as long as it
  /// has not fallen.
  public var steepest: Point? {
    guard let lowest, let end = settled.firstIndex(of: lowest) else { return nil }
    let reach = 5
    let falling = (settled.startIndex...end).filter { $0 - reach >= settled.startIndex && $0 + reach <= end }
    let index = falling.min { fall(around: $0, reach) < fall(around: $1, reach) }
    return index.map { points[$0] } ?? lowest
  }

  private func fall(around index: Int, _ reach: Int) -> Double {
    let (before, after) = (points[index - reach], points[index + reach])
    return (after.smoothed - before.smoothed) / log(after.rate / before.rate)
  }

  /// The learning rate to begin with: a tenth of the rate at which the loss is least, since there it is about
  /// to grow; nil where the loss has never fallen.
  ///
  /// Source: L. N. Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
  public var suggestion: Double? { lowest.map { ($0.rate / 10).twoDigits } }

  /// Whether larger rates would tell nothing more.
  public var isHopeless: Bool {
    guard let last = settled.last, let least = settled.map(\.smoothed).min() else { return false }
    return !last.loss.isFinite || last.smoothed > Self.hopeless * least
  }
}
