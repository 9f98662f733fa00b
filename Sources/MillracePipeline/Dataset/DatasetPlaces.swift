#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Dataset {
  /// Whether a file or folder is part of the data set: in or below its root, or in a folder that a link in it leads
  /// to.
  ///
  /// - Parameter path: A path from the root of the file system without links, as far as it exists.
  package func holds(_ path: String) -> Bool {
    let places = Set(storage.value.places)
    var path = Array(path.utf8)
    while true {
      if let identity = DirectoryListing.Identity(of: path.isEmpty ? [0x2F] : path), places.contains(identity)
      {
        return true
      }
      guard let slash = path.lastIndex(of: 0x2F) else { return false }
      path.removeSubrange(slash...)
    }
  }
}
