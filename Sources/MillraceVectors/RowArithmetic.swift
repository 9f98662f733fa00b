/// sums ← sums + values, over rows of `count` elements.
@inlinable
package func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
  forEachLane(
    count,
    whole: { i in sums.store(sums.lanes(at: i) + values.lanes(at: i), at: i) },
    rest: { i in sums[i] += values[i] })
}

/// product ← a · b elementwise, over rows of `count` elements.
@inlinable
package func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into product: UnsafeMutablePointer<Float>, count: Int
) {
  forEachLane(
    count,
    whole: { i in product.store(a.lanes(at: i) * b.lanes(at: i), at: i) },
    rest: { i in product[i] = a[i] * b[i] })
}

/// Whether all values are finite. For values in cache the check costs next to nothing.
@inlinable
package func allFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
  // Infinity times zero is not a number, and adding to that changes nothing.
  var lanes = Lanes.zero
  var rest: Float = 0
  forEachLane(count, whole: { i in lanes += values.lanes(at: i) * 0 }, rest: { i in rest += values[i] * 0 })
  return lanes.sum() + rest == 0
}

/// The sum of the squares of a row: eight sums side by side, an order that never changes.
@inlinable
package func sumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = Lanes.zero
  forEachLane(
    count,
    whole: { i in
      let x = values.lanes(at: i)
      lanes += x * x
    }, rest: { _ in })
  var sum = lanes.sum()
  for i in count / Lanes.scalarCount * Lanes.scalarCount..<count { sum += values[i] * values[i] }
  return sum
}

/// The sum of the squares of a row, in double precision.
@inlinable
package func preciseSumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Double {
  var lanes = SIMD8<Double>.zero
  forEachLane(
    count,
    whole: { i in
      let x = SIMD8<Double>(values.lanes(at: i))
      lanes += x * x
    }, rest: { _ in })
  var sum = lanes.sum()
  for i in count / Lanes.scalarCount * Lanes.scalarCount..<count {
    sum += Double(values[i]) * Double(values[i])
  }
  return sum
}

/// copy ← values, over rows of `count` elements: inline, for rows so short that a call of the system's would take as long as
/// the copying.
@inlinable @inline(__always)
package func copy(_ values: UnsafePointer<Float>, to copy: UnsafeMutablePointer<Float>, count: Int) {
  forEachLane(
    count, whole: { i in copy.store(values.lanes(at: i), at: i) }, rest: { i in copy[i] = values[i] })
}
