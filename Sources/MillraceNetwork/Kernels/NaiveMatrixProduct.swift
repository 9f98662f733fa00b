/// The product by its definition, summed in Double.
func multiplyNaively(
  _ a: Matrix, _ aTransposed: Bool, _ b: Matrix, _ bTransposed: Bool, _ c: Matrix, accumulating: Bool
) {
  for i in 0..<c.rows {
    for j in 0..<c.columns {
      var sum = accumulating ? Double(c.row(i)[j]) : 0
      for k in 0..<(aTransposed ? a.rows : a.columns) {
        let x = aTransposed ? a.row(k)[i] : a.row(i)[k]
        let y = bTransposed ? b.row(j)[k] : b.row(k)[j]
        sum += Double(x) * Double(y)
      }
      c.row(i)[j] = Float(sum)
    }
  }
}
