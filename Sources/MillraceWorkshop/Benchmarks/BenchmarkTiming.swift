package import MillraceModels
import MillraceThreads

/// How long a benchmark measures.
package struct BenchmarkTiming: Sendable, Hashable {
  /// The number of windows that are measured; their median is the result (`repetitions`).
  package var repetitions = 5
  /// The length of a window in seconds (`seconds`).
  package var seconds = 1.0
  /// The least time before the first window, in which caches fill and clocks settle.
  package var warmUp = 0.5

  /// The defaults.
  package init() {}

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  package func validate() throws(ConfigurationError) {
    if !(1...1000).contains(repetitions) {
      throw ConfigurationError(setting: "repetitions", problem: "must be from 1 to 1000, got \(repetitions)")
    }
    if !(seconds > 0 && seconds <= 3600) {
      throw ConfigurationError(
        setting: "seconds", problem: "must be above 0 and at most 3600, got \(seconds)")
    }
  }

  /// Repeats some work for a warm-up, then for each window.
  ///
  /// - Parameters:
  ///   - step: Does a piece of work and returns the number of samples in it.
  ///   - isWarm: Whether enough was done before the first window, once the warm-up's time is over.
  ///   - didWarmUp: Is called between the warm-up and the first window.
  func measure(
    _ step: () throws -> Int, isWarm: () -> Bool = { true }, didWarmUp: () throws -> Void = {}
  ) rethrows -> Rate {
    _ = try window(warmUp, step)
    // However large the data are, a warm-up takes no longer than ten windows.
    let limit = MonotonicClock.now() + UInt64(seconds * 10e9)
    while !isWarm() && MonotonicClock.now() < limit { _ = try step() }
    try didWarmUp()
    return Rate(try (0..<repetitions).map { _ in try window(seconds, step) })
  }

  /// Repeats the work until this many seconds are over, and returns the samples a second.
  private func window(_ seconds: Double, _ step: () throws -> Int) rethrows -> Double {
    let start = MonotonicClock.now()
    var samples = 0
    while true {
      samples += try step()
      let elapsed = Double(MonotonicClock.now() - start) * 1e-9
      if elapsed >= seconds { return Double(samples) / elapsed }
    }
  }

  /// The thread counts that show how something scales: each count up to four, then doubled ones, and the last.
  static func threadCounts(upTo most: Int) -> [Int] {
    var counts = Array(1...max(1, min(4, most)))
    while let last = counts.last, last < most { counts.append(min(last * 2, most)) }
    return counts
  }
}

/// A rate in samples a second, measured several times.
package struct Rate: Sendable, Hashable {
  /// The median of all windows.
  package let median: Double
  /// The slowest window.
  package let low: Double
  /// The fastest window.
  package let high: Double

  /// Makes a rate of those of all windows, at least one.
  init(_ rates: [Double]) {
    precondition(!rates.isEmpty, "a rate needs at least one measurement")
    let sorted = rates.sorted()
    low = sorted[0]
    high = sorted[sorted.count - 1]
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
