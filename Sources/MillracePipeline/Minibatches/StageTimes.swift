/// The times that the stages of loading took, in nanoseconds, summed over loaders.
package struct StageTimes: Sendable, Hashable {
  /// The number of samples that went through all stages.
  package var samples = 0
  /// Opening, reading and closing files.
  package var read: UInt64 = 0
  /// Decoding bytes into pixels.
  package var decode: UInt64 = 0
  /// Drawing plans.
  package var draw: UInt64 = 0
  /// The resample.
  package var geometry: UInt64 = 0
  /// Colours and normalisation.
  package var color: UInt64 = 0
  /// Augmentations that act on neighbourhoods of pixels, such as blur.
  package var local: UInt64 = 0

  /// Begins with no time.
  package init() {}

  /// The time of all stages.
  package var total: UInt64 { read &+ decode &+ draw &+ geometry &+ color &+ local }

  /// The sum of two loaders' times.
  package static func + (left: StageTimes, right: StageTimes) -> StageTimes {
    left.combined(with: right, &+, &+)
  }

  /// The times since an earlier reading.
  package static func - (later: StageTimes, earlier: StageTimes) -> StageTimes {
    later.combined(with: earlier, &-, &-)
  }

  private func combined(
    with other: StageTimes, _ times: (UInt64, UInt64) -> UInt64, _ counts: (Int, Int) -> Int
  ) -> StageTimes {
    var result = StageTimes()
    result.samples = counts(samples, other.samples)
    for stage in [\StageTimes.read, \.decode, \.draw, \.geometry, \.color, \.local] {
      result[keyPath: stage] = times(self[keyPath: stage], other[keyPath: stage])
    }
    return result
  }
}
