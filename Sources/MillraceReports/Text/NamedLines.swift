/// Names with their values, one a line, the values below each other.
package func namedLines(_ entries: [(String, String)]) -> [String] {
  let width = entries.map(\.0.count).max() ?? 0
  return entries.map { "\($0.padded(to: width, left: true))  \($1)" }
}
