/// Four bytes as floats. The pointer needs no alignment.
@inline(__always)
func loadBytes(_ pointer: UnsafePointer<UInt8>) -> SIMD4<Float> {
  let bytes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<UInt8>.self)
  return SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: bytes))
}

@inline(__always)
func loadFloats(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
func loadFloats(_ pointer: UnsafeMutablePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
func storeFloats(_ value: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD4<Float>.self)
}

/// Stores only the first lanes, where there is room for fewer than four values.
@inline(__always)
func storeFloats(_ values: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>, atMost count: Int) {
  if count >= 4 {
    storeFloats(values, pointer)
  } else {
    for lane in 0..<count { pointer[lane] = values[lane] }
  }
}

/// Distributes pixels of four values, of which the last is unused, over three planes.
///
/// - Parameters:
///   - pixels: `count` pixels, with room up to whole vectors of four pixels.
///   - planes: The first pixel's place in the first plane; the others are `planeSize` apart.
func scatterPixels(
  _ pixels: UnsafePointer<Float>, count: Int, into planes: UnsafeMutablePointer<Float>, planeSize: Int
) {
  var i = 0
  while i < count {
    let a = loadFloats(pixels + 4 &* i)
    let b = loadFloats(pixels + (4 &* i &+ 4))
    let c = loadFloats(pixels + (4 &* i &+ 8))
    let d = loadFloats(pixels + (4 &* i &+ 12))
    let plane = planes + i
    storeFloats(SIMD4(a[0], b[0], c[0], d[0]), plane, atMost: count &- i)
    storeFloats(SIMD4(a[1], b[1], c[1], d[1]), plane + planeSize, atMost: count &- i)
    storeFloats(SIMD4(a[2], b[2], c[2], d[2]), plane + 2 &* planeSize, atMost: count &- i)
    i &+= 4
  }
}

extension SIMD4<Float> {
  /// The vector with each lane clamped to the bounds; NaN becomes `low`.
  ///
  /// This goes lane by lane, because that compiles to one `max` and one `min`, where masks do not.
  @inline(__always)
  func held(from low: Self, to high: Self) -> Self {
    @inline(__always) func lane(_ value: Float, _ low: Float, _ high: Float) -> Float {
      let raised = value > low ? value : low
      return raised < high ? raised : high
    }
    return Self(
      lane(self[0], low[0], high[0]), lane(self[1], low[1], high[1]), lane(self[2], low[2], high[2]),
      lane(self[3], low[3], high[3]))
  }
}
