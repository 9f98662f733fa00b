import MillraceRandom

/// Intervals of any figure, from resamples: as many images as there are, drawn with repetition, again and again.
///
/// An interval's ends are the 2.5th and the 97.5th percentile of the figure over the resamples, between which values are
/// interpolated linearly. What is drawn follows from the seed alone.
/// Source: Efron, Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
public struct Bootstrap: Sendable {
  /// The usual number of resamples.
  public static let usualCount = 1_000

  /// The number of resamples, at least 1.
  public let count: Int
  /// What the draws follow from.
  public let seed: UInt64

  /// - Parameters:
  ///   - count: The number of resamples, at least 1.
  ///   - seed: What the draws follow from.
  public init(count: Int = Self.usualCount, seed: UInt64 = 1) {
    precondition(count > 0, "an interval needs resamples")
    self.count = count
    self.seed = seed
  }

  /// How often each image is in a resample.
  ///
  /// - Parameters:
  ///   - resample: Its number, from 0.
  ///   - images: The number of images, at least 1.
  public func weights(_ resample: Int, of images: Int) -> [Int32] {
    var random = KeyedRandom(seed: seed, purpose: .bootstrap, epoch: resample)
    var weights = [Int32](repeating: 0, count: images)
    for _ in 0..<images { weights[Int(random.next().multipliedFullWidth(by: UInt64(images)).high)] += 1 }
    return weights
  }

  /// The intervals of several figures.
  ///
  /// - Parameters:
  ///   - images: The number of images.
  ///   - figures: Computes all figures of a resample, from how often each image is in it; one that has no value is nil.
  /// - Returns: An interval a figure; nil where fewer than half of the resamples have a value, and of no image.
  public func intervals(of images: Int, _ figures: ([Int32]) -> [Double?]) -> [ClosedRange<Double>?] {
    guard images > 0 else { return [] }
    var samples: [[Double]] = []
    for resample in 0..<count {
      let values = figures(weights(resample, of: images))
      if samples.isEmpty { samples = Array(repeating: [], count: values.count) }
      for (figure, value) in values.enumerated() { if let value { samples[figure].append(value) } }
    }
    return samples.map { values in
      if values.count < (count + 1) / 2 { return nil }
      let sorted = values.sorted()
      return Self.percentile(0.025, of: sorted)...Self.percentile(0.975, of: sorted)
    }
  }

  /// The value below which a share of some values lies, interpolated linearly between two of them.
  ///
  /// - Parameters:
  ///   - share: From 0 to 1.
  ///   - sorted: The values in rising order, at least one.
  static func percentile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
