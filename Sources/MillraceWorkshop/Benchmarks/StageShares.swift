import MillracePipeline

/// How the time of loading an image is spent.
package struct StageShares: Sendable, Encodable {
  /// The time of one stage.
  package struct Stage: Sendable, Encodable {
    /// The microseconds for each image, of one loader.
    package let microsecondsPerImage: Double
    /// The stage's share of all stages, from 0 to 1.
    package let share: Double
  }

  /// Opening, reading and closing the file.
  package let read: Stage
  /// Decoding bytes into pixels.
  package let decode: Stage
  /// Drawing a plan.
  package let draw: Stage
  /// The resample.
  package let geometry: Stage
  /// Colours and normalisation.
  package let color: Stage
  /// Augmentations that act on neighbourhoods of pixels.
  package let local: Stage

  /// The stages by name, in their order.
  package var all: [(name: String, stage: Stage)] {
    [
      ("read", read), ("decode", decode), ("draw", draw), ("geometry", geometry), ("color", color),
      ("local", local),
    ]
  }

  /// The stage that takes the most time.
  var largest: (name: String, share: Double) {
    all.map { ($0.name, $0.stage.share) }.max { $0.1 < $1.1 } ?? ("read", 0)
  }

  init(_ times: StageTimes) {
    func stage(_ time: UInt64) -> Stage {
      Stage(
        microsecondsPerImage: Double(time) * 1e-3 / Double(max(1, times.samples)),
        share: Double(time) / Double(max(1, times.total)))
    }
    read = stage(times.read)
    decode = stage(times.decode)
    draw = stage(times.draw)
    geometry = stage(times.geometry)
    color = stage(times.color)
    local = stage(times.local)
  }
}
