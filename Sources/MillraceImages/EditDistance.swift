/// The candidate that can be reached by the fewest insertions, deletions, replacements and swaps of neighbours.
package func nearest(to name: String, among candidates: [String]) -> String? {
  candidates.min { editDistance(name, $0) < editDistance(name, $1) }
}

/// The optimal string alignment distance (Damerau, 1964), where upper and lower case are the same.
package func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left.lowercased())
  let b = Array(right.lowercased())
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
