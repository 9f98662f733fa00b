/// Files beside the class folders with the names of images: they have no class, and are ignored.
///
/// The first bytes say what a file is, but these files are not opened: a name is enough for a notice.
package struct LooseImages: Sendable, Hashable {
  /// The folder that holds the files.
  package let folder: String
  /// The number of the files, at least 1.
  package let count: Int
  /// The name of the first, in natural order.
  package let first: String

  private static let endings: [StaticString] = [".jpg", ".jpeg", ".png", ".webp"]

  /// Whether a name ends as an image's does, in upper or lower case.
  static func isNamedLikeAnImage(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    endings.contains { ending in
      let start = name.count - ending.utf8CodeUnitCount
      return start >= 0
        && (0..<ending.utf8CodeUnitCount).allSatisfy { index in
          let byte = name[start + index]
          return ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == ending.utf8Start[index]
        }
    }
  }

  /// Finds the files; nil where there are none.
  init?(in listing: DirectoryListing, folder: String) {
    let images = listing.entries.filter { entry in
      !entry.isFolder && listing.withName(of: entry, Self.isNamedLikeAnImage)
    }
    guard let first = images.first else { return nil }
    self.folder = Dataset.shown(folder)
    self.count = images.count
    self.first = listing.withName(of: first) { PathName.shown($0) }
  }
}

extension LooseImages: CustomStringConvertible {
  /// One line that says what the files are and what to do.
  package var description: String {
    let what = count == 1 ? "an image lies" : "\(count) images lie"
    let which = count == 1 ? first : "such as \(first)"
    return
      "\(folder): \(what) beside the class folders (\(which)) and cannot be used; move what has a class into "
      + "its folder"
  }
}
