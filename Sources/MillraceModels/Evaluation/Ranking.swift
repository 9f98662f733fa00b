/// The index of the largest value; the first of equals.
package func largest(of values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for i in 1..<max(1, count) where values[i] > values[best] { best = i }
  return best
}

/// The indices of the `k` largest values, largest first; the first of equals comes first.
package func largest(_ k: Int, of values: UnsafePointer<Float>, count: Int) -> [Int] {
  Array((0..<count).sorted { (values[$0], $1) > (values[$1], $0) }.prefix(k))
}

/// The place of one value among all, 0 for the largest; the first of equals comes first.
package func rank(of index: Int, in values: UnsafePointer<Float>, count: Int) -> Int {
  var better = 0
  for i in 0..<count where values[i] > values[index] || (values[i] == values[index] && i < index) {
    better += 1
  }
  return better
}
