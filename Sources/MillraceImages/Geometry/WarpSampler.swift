/// Bilinear interpolation at many positions of a ``WarpTile``.
enum WarpSampler {
  /// The whole part of four positions, and the rest.
  ///
  /// Adding 1.5·2²³ rounds to a whole number and leaves it in the low bits: no conversion, no branch. A
  /// position that is a whole number may come out as the one below with the rest 1, which is the same point.
  @inline(__always)
  private static func split(_ position: SIMD4<Float>) -> (whole: SIMD4<Int32>, rest: SIMD4<Float>) {
    let magic = SIMD4<Float>(repeating: 12_582_912)
    let rounded = (position - 0.5) + magic
    return (
      unsafeBitCast(rounded, to: SIMD4<Int32>.self) &- SIMD4<Int32>(repeating: 0x4B40_0000),
      position - (rounded - magic)
    )
  }

  /// Samples a gray tile. With `adding`, adds to what the target holds.
  static func sampleGray(
    _ tile: UnsafePointer<Float>, rowStride: Int, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int, adding: Bool, into target: UnsafeMutablePointer<Float>
  ) {
    let stride = Int32(truncatingIfNeeded: rowStride)
    let bytesPerRow = rowStride * 4
    var i = 0
    while i < count {
      let (wholeX, fx) = split(loadFloats(x + i))
      let (wholeY, fy) = split(loadFloats(y + i))
      let offset = wholeY &* stride &+ wholeX
      @inline(__always) func pair(_ lane: Int, _ below: Int) -> SIMD2<Float> {
        UnsafeRawPointer(tile + Int(offset[lane])).loadUnaligned(fromByteOffset: below, as: SIMD2<Float>.self)
      }
      let upper0 = SIMD4(lowHalf: pair(0, 0), highHalf: pair(1, 0))
      let upper1 = SIMD4(lowHalf: pair(2, 0), highHalf: pair(3, 0))
      let lower0 = SIMD4(lowHalf: pair(0, bytesPerRow), highHalf: pair(1, bytesPerRow))
      let lower1 = SIMD4(lowHalf: pair(2, bytesPerRow), highHalf: pair(3, bytesPerRow))
      let upperLeft = SIMD4(lowHalf: upper0.evenHalf, highHalf: upper1.evenHalf)
      let upperRight = SIMD4(lowHalf: upper0.oddHalf, highHalf: upper1.oddHalf)
      let lowerLeft = SIMD4(lowHalf: lower0.evenHalf, highHalf: lower1.evenHalf)
      let lowerRight = SIMD4(lowHalf: lower0.oddHalf, highHalf: lower1.oddHalf)
      let upper = upperLeft + fx * (upperRight - upperLeft)
      let lower = lowerLeft + fx * (lowerRight - lowerLeft)
      let value = upper + fy * (lower - upper)
      storeFloats(adding ? loadFloats(target + i) + value : value, target + i)
      i += 4
    }
  }

  /// Samples a tile of three channels into vectors of four, the last lane being idle.
  static func sampleColor(
    _ tile: UnsafePointer<Float>, rowStride: Int, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int, adding: Bool, into target: UnsafeMutablePointer<Float>
  ) {
    let stride = Int32(truncatingIfNeeded: rowStride)
    var i = 0
    while i < count {
      let (wholeX, fx) = split(loadFloats(x + i))
      let (wholeY, fy) = split(loadFloats(y + i))
      let offset = wholeY &* stride &+ wholeX &+ (wholeX &+ wholeX)
      for lane in 0..<4 {
        let upperPixels = tile + Int(offset[lane])
        let lowerPixels = upperPixels + rowStride
        let upperLeft = loadFloats(upperPixels)
        let lowerLeft = loadFloats(lowerPixels)
        let upper = upperLeft + fx[lane] * (loadFloats(upperPixels + 3) - upperLeft)
        let lower = lowerLeft + fx[lane] * (loadFloats(lowerPixels + 3) - lowerLeft)
        let value = upper + fy[lane] * (lower - upper)
        let pixel = target + 4 * (i + lane)
        storeFloats(adding ? loadFloats(pixel) + value : value, pixel)
      }
      i += 4
    }
  }
}
