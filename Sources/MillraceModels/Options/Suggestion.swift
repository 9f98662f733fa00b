import MillraceImages

/// The name that is near to what was written; nil if none is.
package func suggestion(for written: String, among names: [String]) -> String? {
  nearest(to: written, among: names).flatMap {
    editDistance($0, written) <= max(2, written.count / 3) ? $0 : nil
  }
}

/// `did you mean 'adam'?` where a name is near to what was written, else the words that list what is possible.
package func suggestion(for written: String, among names: [String], else list: @autoclosure () -> String)
  -> String
{
  suggestion(for: written, among: names).map { "did you mean '\($0)'?" } ?? list()
}
