/// The width in which elementwise kernels are written; the compiler maps it onto the processor's registers.
@usableFromInline package typealias Lanes = SIMD8<Float>

extension UnsafePointer<Float> {
  @inlinable @inline(__always)
  package func lanes(at index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }
}

extension UnsafeMutablePointer<Float> {
  @inlinable @inline(__always)
  package func lanes(at index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  @inlinable @inline(__always)
  package func store(_ value: Lanes, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }
}

/// Calls `whole` for each full group of lanes of `0 ..< count`, and `rest` for each index that is left over.
@inlinable @inline(__always)
package func forEachLane(_ count: Int, whole: (Int) -> Void, rest: (Int) -> Void) {
  var i = 0
  while i &+ Lanes.scalarCount <= count {
    whole(i)
    i &+= Lanes.scalarCount
  }
  while i < count {
    rest(i)
    i &+= 1
  }
}
