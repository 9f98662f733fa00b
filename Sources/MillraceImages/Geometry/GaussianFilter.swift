#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Gaussian smoothing of planes of floats, first along rows, then along columns.
enum GaussianFilter {
  /// The reach of the kernel: three standard deviations.
  static func radius(sigma: Float) -> Int { max(1, Int((3 * sigma).rounded(.up))) }

  /// The size of a kernel's memory, in floats.
  static func kernelCount(radius: Int) -> Int { 4 * (radius + 1) }

  /// Writes a kernel of unit sum from its centre outwards, with each weight four times for whole vectors.
  static func writeKernel(sigma: Float, radius: Int, to kernel: UnsafeMutablePointer<Float>) {
    var sum: Float = 0
    for k in 0...radius {
      let weight = expf(-0.5 * Float(k * k) / (sigma * sigma))
      sum += k == 0 ? weight : 2 * weight
      kernel[4 * k] = weight
    }
    for k in 0...radius { storeFloats(SIMD4(repeating: kernel[4 * k] / sum), kernel + 4 * k) }
  }

  /// Computes target[i] = factor · Σ kernel[|k|] · source[i + (radius + k) · step] for `count` values in whole
  /// vectors; with `adding`, the result is added to the target.
  ///
  /// A step of 1 smooths a row; a step of the row length smooths a column of rows.
  static func smooth(
    _ source: UnsafePointer<Float>, step: Int, kernel: UnsafePointer<Float>, radius: Int, count: Int,
    factor: Float = 1, adding: Bool = false, into target: UnsafeMutablePointer<Float>
  ) {
    var x = 0
    while x < count {
      let center = source + (x &+ radius &* step)
      var sum = loadFloats(kernel) * loadFloats(center)
      var weights = kernel
      var before = center
      var after = center
      for _ in 0..<radius {
        weights += 4
        before -= step
        after += step
        sum += loadFloats(weights) * (loadFloats(before) + loadFloats(after))
      }
      let result = sum * factor
      storeFloats(adding ? loadFloats(target + x) + result : result, target + x)
      x &+= 4
    }
  }
}
