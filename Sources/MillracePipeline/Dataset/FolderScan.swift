/// The contents of a folder of class folders.
struct FolderScan {
  /// The samples; a class may have none.
  let dataset: Dataset
  /// The identity of every folder that was entered.
  let entered: Set<DirectoryListing.Identity>
  /// Images beside the class folders.
  let looseImages: LooseImages?
  /// The folders that every class folder holds, where no class folder holds images: see
  /// ``LayoutDoubt/sameFolders(names:inside:)``.
  let commonFolders: [String]
  /// What is wrong with folders that were skipped.
  let faults: [DatasetError]

  /// Scans a folder.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - excluded: A folder in it that is not a class.
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
  /// The samples, where no folder has a fault.
  func whole() throws(DatasetError) -> Dataset {
    if let fault = faults.first { throw fault }
    return dataset
  }
}

extension DirectoryListing {
  /// The folders among the entries.
  ///
  /// - Parameters:
  ///   - excluded: A folder that is left out; nil: none is.
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

  /// Whether the directory holds a file with the name of an image.
  var holdsNamedImages: Bool {
    entries.contains { entry in !entry.isFolder && withName(of: entry, LooseImages.isNamedLikeAnImage) }
  }

  /// Whether the directory holds folders, as those of classes, and no images.
  var holdsClassFolders: Bool { entries.count(where: \.isFolder) > 1 && !holdsNamedImages }
}
