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
    /// The pictures of which most is cut off, by path, and the share.
    public private(set) var most: [Picture] = []
    private var sum = 0.0

    /// A picture of which something is cut off.
    public struct Picture: Sendable, Hashable {
      /// The file, for people.
      public let path: String
      /// What is cut off, from 0 to 1.
      public let share: Double
    }

    /// So many pictures are remembered.
    static let remembered = 24

    /// Of what is cut off beyond this, people should know.
    public static let largeShare = 0.25

    /// Nothing was looked at yet.
    init(output: ImageSize) { self.output = output }

    /// The mean share of a picture that is cut off, from 0 to 1; nil of no pictures.
    public var mean: Double? { images > 0 ? sum / Double(images) : nil }

    /// Whether a picture loses much on the mean, or a tenth of the pictures do.
    public var isLarge: Bool { (mean ?? 0) > 0.15 || 10 * large > images }

    mutating func add(_ share: Double, of path: @autoclosure () -> String) {
      images += 1
      sum += share
      if share > Self.largeShare { large += 1 }
      // The first of equals stays.
      guard share > 0, most.count < Self.remembered || share > most[most.count - 1].share else { return }
      let place = most.firstIndex { $0.share < share } ?? most.count
      most.insert(Picture(path: path(), share: share), at: place)
      if most.count > Self.remembered { most.removeLast() }
    }
  }
}
