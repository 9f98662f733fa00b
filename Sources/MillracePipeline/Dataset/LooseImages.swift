/// Files beside the class folders that are named like images: they have no class, and are not looked at.
///
/// What a file is its first bytes say, but these are not opened: a name is enough for a notice.
public struct LooseImages: Sendable, Hashable {
  /// Where they lie.
  public let folder: String
  /// How many they are, at least 1.
  public let count: Int
  /// The name of the first, in natural order.
  public let first: String

  private static let endings = [".jpg", ".jpeg", ".png"]

  /// Finds them; nil where there are none.
  init?(in listing: DirectoryListing, folder: String) {
    let names = listing.entries.lazy.filter { !$0.isFolder }.map { entry in
      listing.withName(of: entry) { PathName.shown($0) }
    }
    let images = names.filter { name in Self.endings.contains(where: name.lowercased().hasSuffix) }
    guard let first = images.first else { return nil }
    self.folder = Dataset.shown(folder)
    self.count = images.count
    self.first = first
  }

  /// Finds them in a folder of class folders.
  ///
  /// - Throws: ``DatasetError`` where it cannot be listed.
  init?(in folder: String) throws(DatasetError) {
    self.init(in: try Dataset.rootListing(folder), folder: folder)
  }
}

extension LooseImages: CustomStringConvertible {
  /// One line: what they are and what to do.
  public var description: String {
    let what = count == 1 ? "an image lies" : "\(count) images lie"
    let which = count == 1 ? first : "such as \(first)"
    return
      "\(folder): \(what) beside the class folders (\(which)) and cannot be used; move what has a class into "
      + "its folder"
  }
}
