public import MillraceImages

extension DatasetReport {
  /// How much of the pictures is cut off where they are brought to the network's shape.
  public struct CutOff: Sendable, Hashable {
    /// What they are brought to.
    public let output: ImageSize
    /// The usable images.
    public private(set) var images = 0
    /// Those of which more than ``largeShare`` is cut off.
    public private(set) var large = 0
    private var sum = 0.0

    /// Of what is cut off beyond this, people should know.
    public static let largeShare = 0.25

    /// Nothing was looked at yet.
    init(output: ImageSize) { self.output = output }

    /// The mean share of a picture that is cut off, from 0 to 1; nil of no pictures.
    public var mean: Double? { images > 0 ? sum / Double(images) : nil }

    /// Whether a picture loses much on the mean, or a tenth of the pictures do.
    public var isLarge: Bool { (mean ?? 0) > 0.15 || 10 * large > images }

    mutating func add(_ share: Double) {
      images += 1
      sum += share
      if share > Self.largeShare { large += 1 }
    }
  }
}
