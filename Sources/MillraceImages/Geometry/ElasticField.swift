import MillraceRandom

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What an elastic deformation is made from: its field is a pure function of these values.
struct ElasticDisplacement: Hashable, Sendable {
  /// The Gaussian's standard deviation, in output pixels.
  var sigma: Float
  /// The factor on the smoothed noise.
  var alpha: Float
  /// What keys the noise.
  var seed: UInt64
}

/// A field of displacements for each output pixel: uniform noise on a canvas padded by 3σ, smoothed by a
/// Gaussian of unit sum, times α.
///
/// The rms of each axis is α/(σ·√(12π)) pixels. Source: Simard, Steinkraus, Platt, "Best practices for
/// convolutional neural networks applied to visual document analysis", 2003.
final class ElasticField {
  /// Displacements in x and in y, `stride` values a row.
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
  private let kernel = ScratchBuffer<Float>()

  /// Makes the sum of some fields, each a pure function of its values.
  func make(_ displacements: [ElasticDisplacement], size: ImageSize) {
    height = size.height
    stride = (size.width + 3) & ~3
    let count = 2 * height * stride
    let field = fields.reserve(count)
    field.update(repeating: 0, count: count)
    for displacement in displacements { add(displacement, width: size.width) }
    var bound = SIMD4<Float>.zero
    for i in Swift.stride(from: 0, to: count, by: 4) {
      let value = loadFloats(field + i)
      bound = bound.replacing(with: value, where: value .> bound)
      bound = bound.replacing(with: -value, where: -value .> bound)
    }
    largest = bound.max()
  }

  private func add(_ displacement: ElasticDisplacement, width: Int) {
    let radius = max(1, Int((3 * displacement.sigma).rounded(.up)))
    makeKernel(sigma: displacement.sigma, radius: radius)
    // Whole vectors are convolved, so the canvas is as wide as the padded rows need.
    let canvasWidth = (stride + 2 * radius + 7) & ~7
    let canvasHeight = height + 2 * radius
    let canvas = noise.reserve(canvasWidth * canvasHeight)
    let rows = smoothedRows.reserve(stride * canvasHeight)
    for axis in 0..<2 {
      fillNoise(canvas, count: canvasWidth * canvasHeight, seed: displacement.seed, stream: UInt32(axis))
      for y in 0..<canvasHeight {
        convolve(canvas + y * canvasWidth, step: 1, radius: radius, into: rows + y * stride, scale: nil)
      }
      let field = fields.base + axis * height * stride
      for y in 0..<height {
        convolve(
          rows + y * stride, step: stride, radius: radius, into: field + y * stride,
          scale: displacement.alpha)
      }
    }
  }

  /// The Gaussian from its centre outwards, each weight four times for whole vectors.
  private func makeKernel(sigma: Float, radius: Int) {
    let weights = kernel.reserve(4 * (radius + 1))
    var sum: Float = 0
    for k in 0...radius {
      let weight = expf(-0.5 * Float(k * k) / (sigma * sigma))
      sum += k == 0 ? weight : 2 * weight
      weights[4 * k] = weight
    }
    for k in 0...radius { storeFloats(SIMD4(repeating: weights[4 * k] / sum), weights + 4 * k) }
  }

  /// One row of `stride` values, each from 2·radius + 1 values that lie `step` apart; with a scale, added
  /// to what is there.
  private func convolve(
    _ source: UnsafePointer<Float>, step: Int, radius: Int, into target: UnsafeMutablePointer<Float>,
    scale: Float?
  ) {
    var x = 0
    while x < stride {
      let center = source + x + radius * step
      var sum = loadFloats(kernel.base) * loadFloats(center)
      for k in 1...radius {
        sum +=
          loadFloats(kernel.base + 4 * k) * (loadFloats(center - k * step) + loadFloats(center + k * step))
      }
      storeFloats(scale.map { loadFloats(target + x) + $0 * sum } ?? sum, target + x)
      x += 4
    }
  }

  /// Uniform noise in (−1, 1), two values of 16 bits from each random word; `count` is a multiple of 8.
  private func fillNoise(_ target: UnsafeMutablePointer<Float>, count: Int, seed: UInt64, stream: UInt32) {
    let key: SIMD2<UInt32> = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
    let half = SIMD4<Float>(repeating: 0x1p-15)
    let shift = SIMD4<Float>(repeating: 0x1p-16 - 1)
    for block in 0..<count / 8 {
      let words = KeyedRandom.philox(
        counter: [UInt32(truncatingIfNeeded: block), stream, 0, RandomPurpose.elasticField.rawValue], key: key
      )
      let low = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: words & 0xFFFF))
      let high = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: words &>> 16))
      storeFloats(low * half + shift, target + 8 * block)
      storeFloats(high * half + shift, target + 8 * block + 4)
    }
  }
}
