/// What a folder of class folders holds.
struct FolderScan {
  /// The samples; a class may have none.
  let dataset: Dataset
  /// Every folder that was entered, by what it is.
  let entered: Set<DirectoryListing.Identity>
  /// Images that lie beside the class folders.
  let looseImages: LooseImages?
  /// Folders that every class folder holds and images that none does: see ``LayoutDoubt/sameFolders(names:inside:)``.
  let commonFolders: [String]
  /// What is wrong with folders in it that were passed over for it.
  let faults: [DatasetError]

  /// Scans a folder.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - excluded: A folder in it that is no class.
  /// - Throws: ``DatasetError``.
  init(_ path: String, excluding excluded: DirectoryListing.Identity? = nil) throws(DatasetError) {
    let listing = try Dataset.rootListing(path)
    if listing.entries.isEmpty { throw .empty(path: Dataset.shown(path)) }
    let root = Array(path.utf8)
    let folders = listing.folders(excluding: excluded, in: root)
    if folders.isEmpty { throw .noClassFolders(path: Dataset.shown(path), files: listing.entries.count) }

    let names = folders.map { entry in listing.withName(of: entry) { Array($0) } }
    var scan = TreeScan(root: root)
    try scan.addClasses(names, isLink: folders.map(\.isLink), root: listing.identity)
    dataset = scan.dataset(classes: names.map { PathName.shown($0) })
    entered = Set(scan.entered)
    (commonFolders, faults) = (scan.commonFolders, scan.faults)
    looseImages = LooseImages(in: listing, folder: path)
  }
}

extension FolderScan {
  /// The samples, where nothing is wrong with a folder.
  func whole() throws(DatasetError) -> Dataset {
    if let fault = faults.first { throw fault }
    return dataset
  }
}

extension DirectoryListing {
  /// The folders among the entries.
  ///
  /// - Parameters:
  ///   - excluded: One that is left out; nil: none is.
  ///   - path: The directory's path.
  func folders(excluding excluded: Identity?, in path: [UInt8]) -> [Entry] {
    entries.filter { entry in
      guard entry.isFolder else { return false }
      guard let excluded else { return true }
      return Identity(of: path + [0x2F] + withName(of: entry) { Array($0) }) != excluded
    }
  }

  /// The raw names of the folders, in natural order.
  var folderNames: [[UInt8]] {
    entries.filter(\.isFolder).map { entry in withName(of: entry) { Array($0) } }
  }

  /// Whether a file in it is named like an image.
  var holdsNamedImages: Bool {
    entries.contains { entry in !entry.isFolder && withName(of: entry, LooseImages.isNamedLikeAnImage) }
  }

  /// Whether it holds folders, as of classes, and no images.
  var holdsClassFolders: Bool { entries.count(where: \.isFolder) > 1 && !holdsNamedImages }
}
