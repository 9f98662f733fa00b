import Foundation

/// A plot's axis: the range of its numbers and the numbers that are written along it.
struct PlotAxis: Sendable {
  /// The range of the axis; never empty.
  let range: ClosedRange<Double>
  /// Round numbers within the range.
  let ticks: [Double]
  /// Whether equal distances are equal ratios.
  private let isLogarithmic: Bool

  /// An axis whose ends are round numbers around some values.
  ///
  /// - Parameters:
  ///   - values: The values that must lie on the axis; those that are not numbers are left out.
  ///   - limits: The range that the axis does not exceed, however round the number.
  ///   - count: About how many numbers are written.
  init(
    _ values: some Sequence<Double>, within limits: ClosedRange<Double>? = nil, count: Int = 5
  ) {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if low == high {
      let room = low == 0 ? 1 : abs(low) / 2
      (low, high) = (low - room, high + room)
      if finite.first.map({ $0 >= 0 }) ?? true { low = max(0, low) }
    }
    let step = Self.roundStep((high - low) / Double(count))
    low = (low / step).rounded(.down) * step
    high = (high / step).rounded(.up) * step
    if let limits { (low, high) = (max(low, limits.lowerBound), min(high, limits.upperBound)) }
    range = low...max(high, low.nextUp)
    let (first, last) = ((low / step).rounded(.up), (high / step + 1e-9).rounded(.down))
    ticks = first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : [low]
    isLogarithmic = false
  }

  /// An axis from the first epoch to the last.
  init(epochs: some Sequence<Double>) {
    let last = max(epochs.max() ?? 1, 2)
    let step = max(1, Self.roundStep(last / 5))
    range = 1...last
    isLogarithmic = false
    ticks = [1] + stride(from: max(step, 2), through: last, by: step)
  }

  /// A logarithmic axis between powers of ten around some values above 0.
  init(powersAround values: some Sequence<Double>) {
    let powers = values.filter { $0 > 0 && $0.isFinite }.map(log10)
    let low = (powers.min() ?? 0).rounded(.down)
    let high = max(low + 1, (powers.max() ?? 1).rounded(.up))
    range = pow(10, low)...pow(10, high)
    ticks = stride(from: low, through: high, by: 1).map { pow(10, $0) }
    isLogarithmic = true
  }

  /// 1, 2 or 5 times a power of ten, at least as large as a step.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(max(step, 1e-300)).rounded(.down))
    return ([1, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10) * power
  }

  /// The place of a value: 0 at the lower end and 1 at the upper.
  func place(_ value: Double) -> Double {
    if isLogarithmic { return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound) }
    return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }
}
