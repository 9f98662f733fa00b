/// Names with their values, one on each line, with the values aligned.
package func namedLines(_ entries: [(String, String)]) -> [String] {
  let width = entries.map(\.0.count).max() ?? 0
  return entries.map { "\($0.padded(to: width, left: true))  \($1)" }
}
