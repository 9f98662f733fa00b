import MillraceRandom

/// The parameters of an elastic deformation: its field is a pure function of these values.
struct ElasticDisplacement: Hashable, Sendable {
  /// The Gaussian's standard deviation, in output pixels.
  var sigma: Float
  /// The factor on the smoothed noise.
  var alpha: Float
  /// The key of the noise.
  var seed: UInt64
}

/// A field with a displacement for each output pixel: uniform noise on a canvas padded by 3σ, smoothed by a
/// Gaussian of unit sum, times α.
///
/// The rms of each axis is α/(σ·√(12π)) pixels. Source: Simard, Steinkraus, Platt, "Best practices for
/// convolutional neural networks applied to visual document analysis", 2003.
final class ElasticField {
  /// The displacements in x and in y, with `stride` values in each row.
  var x: UnsafeMutablePointer<Float> { fields.base }
  var y: UnsafeMutablePointer<Float> { fields.base + height * stride }
  /// The row length, rounded up to whole vectors.
  private(set) var stride = 0
  /// The largest displacement along either axis, in pixels.
  private(set) var largest: Float = 0

  private var height = 0
  private let fields = ScratchBuffer<Float>()
  private let noise = ScratchBuffer<Float>()
  private let smoothedRows = ScratchBuffer<Float>()
  private let kernelBuffer = ScratchBuffer<Float>()

  /// Makes the sum of some fields, each of them a pure function of its values.
  func make(_ displacements: [ElasticDisplacement], size: ImageSize) {
    height = size.height
    stride = (size.width + 3) & ~3
    let count = 2 * height * stride
    let field = fields.reserve(count)
    field.update(repeating: 0, count: count)
    for displacement in displacements { add(displacement) }
    var bound = SIMD4<Float>.zero
    for i in Swift.stride(from: 0, to: count, by: 4) {
      let value = loadFloats(field + i)
      bound = bound.replacing(with: value, where: value .> bound)
      bound = bound.replacing(with: -value, where: -value .> bound)
    }
    largest = bound.max()
  }

  private func add(_ displacement: ElasticDisplacement) {
    let radius = GaussianFilter.radius(sigma: displacement.sigma)
    let kernel = kernelBuffer.reserve(GaussianFilter.kernelCount(radius: radius))
    GaussianFilter.writeKernel(sigma: displacement.sigma, radius: radius, to: kernel)
    // Whole vectors are smoothed, so the canvas is as wide as the padded rows need.
    let canvasWidth = (stride + 2 * radius + 7) & ~7
    let canvasHeight = height + 2 * radius
    let canvas = noise.reserve(canvasWidth * canvasHeight)
    let rows = smoothedRows.reserve(stride * canvasHeight)
    for axis in 0..<2 {
      fillNoise(canvas, count: canvasWidth * canvasHeight, seed: displacement.seed, stream: UInt32(axis))
      for y in 0..<canvasHeight {
        GaussianFilter.smooth(
          canvas + y * canvasWidth, step: 1, kernel: kernel, radius: radius, count: stride,
          into: rows + y * stride)
      }
      let field = fields.base + axis * height * stride
      for y in 0..<height {
        GaussianFilter.smooth(
          rows + y * stride, step: stride, kernel: kernel, radius: radius, count: stride,
          factor: displacement.alpha, adding: true, into: field + y * stride)
      }
    }
  }

  /// Fills memory with uniform noise in (−1, 1), two values of 16 bits from each random word; `count` is a multiple
  /// of 8.
  private func fillNoise(_ target: UnsafeMutablePointer<Float>, count: Int, seed: UInt64, stream: UInt32) {
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let half = SIMD4<Float>(repeating: 0x1p-15)
    let shift = SIMD4<Float>(repeating: 0x1p-16 - 1)
    for block in 0..<count / 8 {
      let words = KeyedRandom.philox(
        counter: SIMD4(UInt32(truncatingIfNeeded: block), stream, 0, RandomPurpose.elasticField.rawValue),
        key: key)
      let low = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: words & 0xFFFF))
      let high = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: words &>> 16))
      storeFloats(low * half + shift, target + 8 * block)
      storeFloats(high * half + shift, target + 8 * block + 4)
    }
  }
}
