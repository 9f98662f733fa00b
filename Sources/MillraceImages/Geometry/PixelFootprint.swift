/// The patch of the source that an output pixel covers, described by its second moments.
///
/// Where the patch differs from place to place, as in perspective, this is the mean over the centres of the four
/// quarters.
struct PixelFootprint {
  /// The squared lengths, along the source's x and y, of the pixel's step in x and of its step in y.
  private(set) var squaredStepX: SIMD2<Double> = .zero
  private(set) var squaredStepY: SIMD2<Double> = .zero
  /// The sum of the steps' products of x and y: how oblique the patch is.
  private(set) var skew = 0.0

  /// Computes the footprint.
  ///
  /// - Parameter map: The map from output pixels about the output's centre to the source.
  init(of map: ProjectiveMap, output: ImageSize) {
    if map.isAffine {
      add(map.derivative(x: 0, y: 0), weight: 1)
    } else {
      for quarter in 0..<4 {
        let place = map.derivative(
          x: Double(output.width) * (quarter & 1 == 0 ? -0.25 : 0.25),
          y: Double(output.height) * (quarter & 2 == 0 ? -0.25 : 0.25))
        add(place, weight: 0.25)
      }
    }
  }

  private mutating func add(_ step: (x: SIMD2<Double>, y: SIMD2<Double>), weight: Double) {
    squaredStepX += weight * step.x * step.x
    squaredStepY += weight * step.y * step.y
    skew += weight * (step.x.x * step.x.y + step.y.x * step.y.y)
  }
}
