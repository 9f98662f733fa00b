/// sums ← sums + values, over rows of `count` elements.
func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
  forEachLane(
    count,
    whole: { i in sums.store(sums.lanes(at: i) + values.lanes(at: i), at: i) },
    rest: { i in sums[i] += values[i] })
}

/// product ← a · b elementwise, over rows of `count` elements.
func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into product: UnsafeMutablePointer<Float>, count: Int
) {
  forEachLane(
    count,
    whole: { i in product.store(a.lanes(at: i) * b.lanes(at: i), at: i) },
    rest: { i in product[i] = a[i] * b[i] })
}
