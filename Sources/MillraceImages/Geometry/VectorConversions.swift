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
  /// Written with masks because they compile to one `max` and one `min`.
  @inline(__always)
  func held(from low: Self, to high: Self) -> Self {
    let raised = low.replacing(with: self, where: self .> low)
    return high.replacing(with: raised, where: raised .< high)
  }
}
