/// How a warp averages its source, so that shrinking does not alias.
///
/// The source is averaged over square boxes, smoothed by three taps along each of its axes, and interpolated
/// bilinearly. The second moments of the whole filter then equal those of the triangle filter that an axis-aligned
/// resize by the same factor uses: s²/6 for a shrink by s. Boxes and taps are parallel to the source's axes; what
/// they cannot give, an output pixel adds by averaging several samples.
struct WarpSampling: Hashable, Sendable {
  /// The side of the averaged boxes, in source pixels.
  let reduction: Int
  /// The share s of each neighbour in the taps (s, 1 − 2s, s) along the source's x and y: 0 to 1/3.
  let smoothing: SIMD2<Float>
  /// The samples of an output pixel along x, and along y.
  let columns: Samples
  let rows: Samples

  /// Samples along one axis of an output pixel, `spacing` output pixels apart.
  struct Samples: Hashable, Sendable {
    var count = 1
    var spacing: Float = 0

    /// The position of sample `index` about the pixel's centre.
    func offset(_ index: Int) -> Float { (Float(index) - Float(count - 1) / 2) * spacing }
  }

  /// Below this variance, in squared reduced pixels, taps are not worth their cost.
  private static let negligibleTaps = 0.04
  /// Below this variance, several samples are not worth their cost. A mean of three falls short of the next box by
  /// 1/12.
  private static let negligibleSamples = 0.09
  /// Taps of this variance are a plain mean of three; more would give the neighbours a larger weight than the
  /// middle.
  private static let largestTaps = 2.0 / 3
  /// Two tents that are further apart than this leave a gap between them.
  private static let widestSpacing = 1.9
  /// Sums of larger boxes would not fit into 16 bits.
  private static let largestReduction = 16

  init(for footprint: PixelFootprint) {
    // These are the wanted variances along the source's axes. An oblique patch is left room to be turned in.
    let wanted = (footprint.squaredStepX + footprint.squaredStepY - abs(footprint.skew)) / 6
    let smallest = min(wanted.x, wanted.y)
    var box = 1
    while box < Self.largestReduction && Self.variance(box: Double(box + 1)) <= smallest { box += 1 }

    let side = Double(box)
    let given = Self.variance(box: side)
    func taps(_ wanted: Double) -> Double {
      let missing = ((wanted - given) / (side * side)).held(from: 0, to: Self.largestTaps)
      return missing > Self.negligibleTaps ? missing : 0
    }
    let tapVariance: SIMD2<Double> = [taps(wanted.x), taps(wanted.y)]

    func samples(along squaredStep: SIMD2<Double>) -> Samples {
      let squaredLength = squaredStep.sum().held(from: 0, to: 1e12)
      let byTaps = (tapVariance * squaredStep).sum() / squaredLength
      let missing = (squaredLength / 6 - given) / (side * side) - byTaps
      guard missing > Self.negligibleSamples else { return Samples() }
      var count = 2
      while count < 8 && Self.spacing(missing, count) > Self.widestSpacing { count += 1 }
      return Samples(
        count: count, spacing: Float(Self.spacing(missing, count) * side / squaredLength.squareRoot()))
    }
    reduction = box
    smoothing = SIMD2<Float>(tapVariance / 2)
    columns = samples(along: footprint.squaredStepX)
    rows = samples(along: footprint.squaredStepY)
  }

  /// The variance, in squared source pixels, of a box of k pixels and a tent of half-width k on its averages.
  private static func variance(box k: Double) -> Double { (k * k - 1) / 12 + k * k / 6 }

  /// The distance at which `count` points have the given variance: at a distance d it is d²·(count² − 1)/12.
  private static func spacing(_ variance: Double, _ count: Int) -> Double {
    (12 * variance / Double(count * count - 1)).squareRoot()
  }
}
