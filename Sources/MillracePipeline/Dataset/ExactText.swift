/// A text that is equal to another one only if every byte is: the key for names of files and classes.
///
/// Swift's strings are equal where they look the same, such as `é` and `e` with an accent; two files or folders
/// with such names are two.
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Collection<String> {
  /// Whether the texts are those of another collection, to the byte.
  package func isExactly(_ other: some Collection<String>) -> Bool {
    elementsEqual(other) { ExactText($0) == ExactText($1) }
  }
}
