/// How densely a warp samples its source, so that shrinking does not alias.
///
/// The source is averaged over square boxes, and each output pixel averages `columns × rows` bilinear
/// samples, spread so that the variance of the whole filter (box, tent, samples) comes to that of the
/// triangle filter which an axis-aligned resize by the same factor uses: s²/6 for a shrink by s.
struct WarpSampling: Hashable, Sendable {
  /// The side of the averaged boxes, in source pixels.
  var reduction: Int
  /// The samples of an output pixel along x, and along y.
  var columns: Samples
  var rows: Samples

  /// Samples along one axis of an output pixel, `spacing` output pixels apart.
  struct Samples: Hashable, Sendable {
    var count = 1
    var spacing: Float = 0

    /// Where sample `index` lies about the pixel's centre.
    func offset(_ index: Int) -> Float { (Float(index) - Float(count - 1) / 2) * spacing }
  }

  /// Below this variance in squared reduced pixels, more samples are not worth their cost.
  private static let negligibleVariance = 0.04
  /// How much more variance than the triangle filter's a box and its tent may have: a little blur costs
  /// less than four samples a pixel.
  private static let toleratedExcess = 0.85
  /// Two tents further apart than this leave a gap between them.
  private static let widestSpacing = 1.9
  /// Sums of larger boxes would not fit into 16 bits.
  private static let largestReduction = 16

  /// Chooses for a map under which one output pixel covers `x` by `y` source pixels.
  init(shrinkX x: Double, shrinkY y: Double) {
    var box = 1
    while box < Self.largestReduction,
      Self.variance(box: Double(box + 1)) <= Self.toleratedExcess * min(x, y) * min(x, y) / 6
    {
      box += 1
    }
    reduction = box
    columns = Self.samples(shrink: x, reduction: Double(box))
    rows = Self.samples(shrink: y, reduction: Double(box))
  }

  /// The variance, in squared source pixels, of a box of k pixels and a tent of half-width k on its averages.
  private static func variance(box k: Double) -> Double { (k * k - 1) / 12 + k * k / 6 }

  private static func samples(shrink: Double, reduction: Double) -> Samples {
    let shrink = shrink.held(from: 0, to: 1e6)
    let missing = (shrink * shrink / 6 - variance(box: reduction)) / (reduction * reduction)
    guard missing > negligibleVariance else { return Samples() }
    // n points a distance d apart have the variance d²·(n² − 1)/12.
    var count = 2
    while count < 8 && spacing(missing, count) > widestSpacing { count += 1 }
    return Samples(count: count, spacing: Float(spacing(missing, count) * reduction / shrink))
  }

  private static func spacing(_ variance: Double, _ count: Int) -> Double {
    (12 * variance / Double(count * count - 1)).squareRoot()
  }
}
