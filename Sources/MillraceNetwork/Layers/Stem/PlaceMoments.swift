import MillraceVectors

/// Sums over places, channel by channel.
enum PlaceMoments {
  /// The places whose sums are Floats: these are added up as Doubles, so that many places cost no digits.
  private static let block = 64

  /// The Floats of ``add(_:count:channels:to:scratch:)``'s scratch.
  static func scratchCount(channels: Int) -> Int { 3 * channels }

  /// Adds Σx and Σx² of some places.
  ///
  /// The squares are taken around about the mean of the places, so that a large mean costs no digits.
  ///
  /// - Parameters:
  ///   - values: (count, channels).
  ///   - count: The places.
  ///   - channels: The values of a place.
  ///   - sums: Σx of each channel, then Σx².
  ///   - scratch: As ``scratchCount(channels:)`` says.
  static func add(
    _ values: UnsafePointer<Float>, count: Int, channels: Int, to sums: UnsafeMutablePointer<Double>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard count > 0 else { return }
    let (center, differences, squares) = (scratch, scratch + channels, scratch + 2 * channels)
    let sample = min(count, block)
    center.update(repeating: 0, count: channels)
    for place in 0..<sample { MillraceVectors.add(values + place * channels, to: center, count: channels) }
    for i in 0..<channels { center[i] /= Float(sample) }
    for start in stride(from: 0, to: count, by: block) {
      let places = min(block, count - start)
      differences.update(repeating: 0, count: 2 * channels)
      for place in start..<start + places {
        add(values + place * channels, around: center, to: differences, squares, channels)
      }
      for i in 0..<channels {
        // Σx² = Σ(x − c)² + 2c·Σ(x − c) + n·c².
        let (c, difference) = (Double(center[i]), Double(differences[i]))
        sums[i] += difference + Double(places) * c
        sums[channels + i] += Double(squares[i]) + 2 * c * difference + Double(places) * c * c
      }
    }
  }

  @inline(__always)
  private static func add(
    _ x: UnsafePointer<Float>, around center: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>,
    _ squares: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    forEachLane(
      count,
      whole: { i in
        let difference = x.lanes(at: i) - center.lanes(at: i)
        sums.store(sums.lanes(at: i) + difference, at: i)
        squares.store(squares.lanes(at: i) + difference * difference, at: i)
      },
      rest: { i in
        let difference = x[i] - center[i]
        sums[i] += difference
        squares[i] += difference * difference
      })
  }
}
