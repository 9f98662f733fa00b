/// The fewest insertions, deletions and substitutions of characters that turn one text into the other.
package func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substitution = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

/// The name that is near to what was written; nil if none is.
package func suggestion(for written: String, among names: [String]) -> String? {
  let nearest = names.min { editDistance($0, written) < editDistance($1, written) }
  return nearest.flatMap { editDistance($0, written) <= max(2, written.count / 3) ? $0 : nil }
}

/// `did you mean 'adam'?` where a name is near to what was written, else the words that list what is possible.
func suggestion(for written: String, among names: [String], else list: @autoclosure () -> String) -> String {
  suggestion(for: written, among: names).map { "did you mean '\($0)'?" } ?? list()
}
