/// How densely a warp samples its source, so that shrinking does not alias.
///
/// The source is averaged over boxes of a power of two, and each output pixel averages `columns × rows`
/// bilinear samples, spread so that the variance of the whole filter (box, tent, samples) is that of the
/// triangle filter an axis-aligned resize by the same factor uses: s²/6 for a shrink by s.
struct WarpSampling: Hashable, Sendable {
  /// The side of the averaged boxes: 1, 2, 4, 8 or 16.
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

  /// Below this variance in squared reduced pixels, one more sample is not worth its cost.
  private static let negligibleVariance = 0.08
  /// Two tents further apart than this leave a gap between them.
  private static let widestSpacing = 1.75
  /// The shrink from which the average over a box of two is no blurrier than the triangle filter.
  private static let firstReduction = 2.35

  /// Chooses for a map under which one output pixel covers `x` by `y` source pixels.
  init(shrinkX x: Double, shrinkY y: Double) {
    var box = 1
    while box < 16 && min(x, y) >= Self.firstReduction * Double(box) { box *= 2 }
    reduction = box
    columns = Self.samples(shrink: x, reduction: Double(box))
    rows = Self.samples(shrink: y, reduction: Double(box))
  }

  private static func samples(shrink: Double, reduction: Double) -> Samples {
    let residual = shrink.held(from: 0, to: 1e6) / reduction
    // In reduced pixels: the wanted variance, less the tent's and the box's.
    let missing = residual * residual / 6 - 1.0 / 6 - (1 - 1 / (reduction * reduction)) / 12
    guard missing > negligibleVariance else { return Samples() }
    // n points a distance d apart have the variance d²·(n² − 1)/12.
    var count = 2
    while count < 8 && spacing(missing, count) > widestSpacing { count += 1 }
    return Samples(count: count, spacing: Float(spacing(missing, count) / residual))
  }

  private static func spacing(_ variance: Double, _ count: Int) -> Double {
    (12 * variance / Double(count * count - 1)).squareRoot()
  }
}
