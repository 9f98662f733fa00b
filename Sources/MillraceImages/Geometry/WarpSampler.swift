/// Positions in a ``WarpTile``, split into offsets and weights for interpolation.
struct TilePositions {
  /// The offset of the upper left of the four pixels around each position.
  let offsets: UnsafeMutablePointer<Int32>
  /// The weights of the upper left, upper right, lower left and lower right pixel, which are `stride` apart.
  let weights: UnsafeMutablePointer<Float>
  let stride: Int

  /// Splits `stride` positions, in whole vectors.
  ///
  /// Adding 1.5·2²³ to a number below 2²² rounds it and leaves the whole number in the low bits: no conversion and
  /// no branch are needed. A whole position may become the position below and weight 1, which is the same point.
  ///
  /// - Parameters:
  ///   - rowStride: The distance between the tile's rows.
  ///   - pixelStride: The distance between the tile's pixels: 1 or 4.
  func set(x xs: UnsafePointer<Float>, y ys: UnsafePointer<Float>, rowStride: Int, pixelStride: Int) {
    let magic = SIMD4<Float>(repeating: 12_582_912)
    let bias = SIMD4<Int32>(repeating: 0x4B40_0000)
    let rowFactor = SIMD4<Int32>(repeating: Int32(truncatingIfNeeded: rowStride))
    let pixelShift = SIMD4<Int32>(repeating: pixelStride == 4 ? 2 : 0)
    var i = 0
    while i < stride {
      let x = loadFloats(xs + i)
      let y = loadFloats(ys + i)
      let wholeX = (x - 0.5) + magic
      let wholeY = (y - 0.5) + magic
      let right = x - (wholeX - magic)
      let down = y - (wholeY - magic)
      let both = right * down
      storeFloats(1 - right - (down - both), weights + i)
      storeFloats(right - both, weights + (i &+ stride))
      storeFloats(down - both, weights + (i &+ 2 &* stride))
      storeFloats(both, weights + (i &+ 3 &* stride))
      let column = unsafeBitCast(wholeX, to: SIMD4<Int32>.self) &- bias
      let row = unsafeBitCast(wholeY, to: SIMD4<Int32>.self) &- bias
      let offset = row &* rowFactor &+ column &<< pixelShift
      UnsafeMutableRawPointer(offsets + i).storeBytes(of: offset, as: SIMD4<Int32>.self)
      i &+= 4
    }
  }
}

/// Bilinear interpolation at many positions of a ``WarpTile``.
///
/// It is written as weighted sums of whole vectors that are loaded from memory and stored to memory: the compiler
/// splits other forms into lanes.
enum WarpSampler {
  /// Fills a row of gray pixels, each the mean of some positions.
  ///
  /// - Parameters:
  ///   - positions: `samples` rows of positions, `stride` apart; a row holds `count` positions, rounded up to whole
  ///     vectors.
  ///   - rowStride: The distance between rows of the tile.
  ///   - target: Takes `count` values.
  @inline(never)
  static func sampleGray(
    _ tile: UnsafePointer<Float>, rowStride: Int, at positions: TilePositions, samples: Int, stride: Int,
    count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let scale = 1 / Float(samples)
    var i = 0
    while i < count {
      var sum = SIMD4<Float>.zero
      var k = i
      for _ in 0..<samples {
        let offsets = positions.offsets + k
        @inline(__always) func pair(_ lane: Int, _ down: Int) -> SIMD2<Float> {
          let pixel = tile + (Int(offsets[lane]) &+ down)
          return UnsafeRawPointer(pixel).loadUnaligned(as: SIMD2<Float>.self)
        }
        let upper0 = SIMD4(lowHalf: pair(0, 0), highHalf: pair(1, 0))
        let upper1 = SIMD4(lowHalf: pair(2, 0), highHalf: pair(3, 0))
        let lower0 = SIMD4(lowHalf: pair(0, rowStride), highHalf: pair(1, rowStride))
        let lower1 = SIMD4(lowHalf: pair(2, rowStride), highHalf: pair(3, rowStride))
        let weights = positions.weights + k
        sum +=
          loadFloats(weights) * SIMD4(lowHalf: upper0.evenHalf, highHalf: upper1.evenHalf)
          + loadFloats(weights + positions.stride) * SIMD4(lowHalf: upper0.oddHalf, highHalf: upper1.oddHalf)
          + loadFloats(weights + 2 &* positions.stride)
          * SIMD4(lowHalf: lower0.evenHalf, highHalf: lower1.evenHalf)
          + loadFloats(weights + 3 &* positions.stride)
          * SIMD4(lowHalf: lower0.oddHalf, highHalf: lower1.oddHalf)
        k &+= stride
      }
      storeFloats(sum * scale, target + i, atMost: count &- i)
      i &+= 4
    }
  }

  /// Fills a row of three planes, which are `planeSize` apart; see `sampleGray`.
  ///
  /// - Parameter pixels: Memory of four values for each of `count` pixels, rounded up to whole vectors.
  @inline(never)
  static func sampleColor(
    _ tile: UnsafePointer<Float>, rowStride: Int, at positions: TilePositions, samples: Int, stride: Int,
    count: Int, pixels: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, planeSize: Int
  ) {
    let scale = 1 / Float(samples)
    let (a, b) = (positions.weights, positions.weights + positions.stride)
    let (c, d) = (b + positions.stride, b + 2 * positions.stride)
    for i in 0..<count {
      var sum = SIMD4<Float>.zero
      var k = i
      for _ in 0..<samples {
        let upper = tile + Int(positions.offsets[k])
        let lower = upper + rowStride
        sum +=
          a[k] * loadFloats(upper) + b[k] * loadFloats(upper + 4) + c[k] * loadFloats(lower)
          + d[k] * loadFloats(lower + 4)
        k &+= stride
      }
      storeFloats(sum * scale, pixels + 4 &* i)
    }
    scatterPixels(pixels, count: count, into: target, planeSize: planeSize)
  }
}
