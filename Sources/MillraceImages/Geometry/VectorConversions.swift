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

extension SIMD4<Float> {
  /// Each lane held between the bounds; NaN becomes `low`.
  ///
  /// Lane by lane, because that compiles to one `max` and one `min`, where masks do not.
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
