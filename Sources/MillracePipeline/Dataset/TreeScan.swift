#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A scan under way: it lists every folder once, then collects the names of the files.
///
/// Folders come before links to folders, so a folder that can be reached in both ways belongs to the class that
/// holds it.
struct TreeScan {
  private(set) var storage: DatasetStorage
  private var labels: [Int32] = []
  private var folders: [Folder] = []
  /// The number of each directory by its identity, whatever path led to it; -1 is the root.
  private var numberOf: [DirectoryListing.Identity: Int] = [:]
  /// Links to folders that are still to be followed: the folder that holds each, and its place among that folder's
  /// folders.
  private var links: [(entry: DirectoryListing.Entry, folder: Int, place: Int)] = []
  private var targets = LinkTargets()
  /// The samples that links lead to.
  private var linked: Set<LinkTargets.Target> = []
  private var repeats = RepeatedPaths()
  /// See ``FolderScan/commonFolders``.
  private(set) var commonFolders: [String] = []
  /// What is wrong with folders that were skipped, in the order in which they were met.
  private(set) var faults: [DatasetError] = []

  /// A folder that was listed.
  private struct Folder {
    /// The path relative to the root.
    var path: [UInt8]
    var label: Int32
    /// The listing; nil once its files are collected.
    var listing: DirectoryListing?
    /// For each entry that is a folder its number; nil for one that was listed elsewhere.
    var children: [Int?] = []
  }

  init(root: [UInt8]) {
    storage = DatasetStorage(root: root)
  }

  /// The folders that were entered, and the root.
  var entered: some Collection<DirectoryListing.Identity> { numberOf.keys }

  /// Adds all files in and below the class folders of a root.
  ///
  /// - Parameters:
  ///   - names: The class folders, by label.
  ///   - isLink: Which of them are links.
  ///   - root: The folder that holds them.
  mutating func addClasses(
    _ names: [[UInt8]], isLink: [Bool], root: DirectoryListing.Identity
  ) throws(DatasetError) {
    numberOf[root] = -1
    storage.addPlace(root)
    var classFolders = [Int?](repeating: nil, count: names.count)
    for followsLinks in [false, true] {
      for label in names.indices where isLink[label] == followsLinks {
        guard let (listing, known) = listed(names[label]) else { continue }
        if let known {
          faults.append(repeatedClassFolder(names[label], known: known))
          continue
        }
        if followsLinks { storage.addPlace(listing.identity) }
        classFolders[label] = walk(names[label], listing, label: Int32(label))
      }
    }
    followLinks()
    commonFolders = Self.commonFolders(of: classFolders.compactMap { $0.flatMap { folders[$0].listing } })
    for case let folder? in classFolders { try collect(folder, dropsRepeats: true) }
    storage.notices += repeats.notice.map { [$0] } ?? []
  }

  /// Adds all files in and below a folder, whatever was added before.
  mutating func addFolder(_ path: [UInt8]) throws(DatasetError) {
    (folders, numberOf, links) = ([], [:], [])
    let folder = walk(path, try list(path).listing, label: -1)
    followLinks()
    if let fault = faults.first { throw fault }
    try collect(folder, dropsRepeats: false)
  }

  /// Adds a single file by its path.
  mutating func addFile(_ path: [UInt8]) {
    let nameStart = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
    let directory = addDirectory(path[..<nameStart], label: -1)
    path[nameStart...].withUnsafeBufferPointer { storage.addFile($0, in: directory) }
  }

  /// The data set of all that was found.
  mutating func dataset(classes: [String]) -> Dataset {
    storage.trim()
    return Dataset(classes: classes, storage: DatasetStorageBox(storage), labels: labels, selection: nil)
  }

  // MARK: Folders

  /// Keeps a folder's listing and lists the folders below it; links to folders wait.
  private mutating func walk(
    _ path: [UInt8], _ listing: DirectoryListing, label: Int32
  ) -> Int {
    let number = folders.count
    numberOf[listing.identity] = number
    folders.append(Folder(path: path, label: label, listing: listing))
    for entry in listing.entries where entry.isFolder {
      folders[number].children.append(nil)
      let place = folders[number].children.count - 1
      if entry.isLink {
        links.append((entry, number, place))
      } else {
        folders[number].children[place] = enter(entry, of: number, listing)
      }
    }
    return number
  }

  private mutating func followLinks() {
    var next = 0
    while next < links.count {
      let link = links[next]
      next += 1
      guard let listing = folders[link.folder].listing,
        let number = enter(link.entry, of: link.folder, listing)
      else { continue }
      folders[link.folder].children[link.place] = number
    }
  }

  /// Lists a folder in another one; nil where it was listed already, or cannot be.
  private mutating func enter(
    _ entry: DirectoryListing.Entry, of parent: Int, _ listing: DirectoryListing
  ) -> Int? {
    let parentPath = folders[parent].path
    let path =
      parentPath + (parentPath.last == 0x2F ? [] : [0x2F]) + listing.withName(of: entry) { Array($0) }
    guard let (below, known) = listed(path) else { return nil }
    guard known == nil else {
      repeats.add(full(path))
      return nil
    }
    if entry.isLink { storage.addPlace(below.identity) }
    return walk(path, below, label: folders[parent].label)
  }

  /// Lists a folder; nil, and a fault, where that is impossible.
  private mutating func listed(_ path: [UInt8]) -> (listing: DirectoryListing, known: Int?)? {
    do throws(DatasetError) {
      return try list(path)
    } catch {
      faults.append(error)
      return nil
    }
  }

  private func list(_ path: [UInt8]) throws(DatasetError) -> (listing: DirectoryListing, known: Int?) {
    do throws(SystemError) {
      let listing = try withSystemPath(full(path)) { path throws(SystemError) in
        try DirectoryListing(at: AT_FDCWD, path)
      }
      return (listing, numberOf[listing.identity])
    } catch {
      throw .cannotRead(path: PathName.shown(full(path)), code: error.code)
    }
  }

  private func full(_ path: [UInt8]) -> [UInt8] {
    let separator: [UInt8] = storage.root.isEmpty || storage.root.last == 0x2F ? [] : [0x2F]
    return storage.root + separator + path
  }

  private func repeatedClassFolder(_ name: [UInt8], known: Int) -> DatasetError {
    .repeatedClassFolder(
      path: PathName.shown(full(name)),
      other: PathName.shown(known < 0 ? storage.root : full(folders[known].path)))
  }

  /// The folders that each of some folders holds, where there are at least two, no folder holds others, and no
  /// images are beside them.
  private static func commonFolders(of listings: [DirectoryListing]) -> [String] {
    guard listings.count > 1, let first = listings.first else { return [] }
    let names = first.folderNames
    guard names.count > 1, listings.allSatisfy({ !$0.holdsNamedImages && $0.folderNames == names })
    else { return [] }
    return names.map { PathName.shown($0) }
  }

  // MARK: Files

  /// Collects the files in and below a folder, in its order.
  ///
  /// - Parameter dropsRepeats: Whether a file is left out that a link reaches a second time.
  private mutating func collect(_ number: Int, dropsRepeats: Bool) throws(DatasetError) {
    let folder = folders[number]
    guard let listing = folder.listing else { return }
    folders[number].listing = nil
    var directory: UInt32?
    var children = folder.children[...]
    for entry in listing.entries {
      if entry.isFolder {
        if let child = children.removeFirst() { try collect(child, dropsRepeats: dropsRepeats) }
        continue
      }
      if dropsRepeats, entry.isLink, isRepeated(entry, in: folder.path, listing) { continue }
      let place = directory ?? addDirectory(folder.path, label: folder.label)
      directory = place
      listing.withName(of: entry) { storage.addFile($0, in: place) }
    }
    guard storage.fileCount <= Int(Int32.max) else {
      throw .tooManyFiles(path: PathName.shown(storage.root), limit: Int(Int32.max))
    }
  }

  /// Whether a link leads to a file that is already a sample, by its own path or by another link.
  private mutating func isRepeated(
    _ entry: DirectoryListing.Entry, in folder: [UInt8], _ listing: DirectoryListing
  ) -> Bool {
    let path = full(folder) + [0x2F] + listing.withName(of: entry) { Array($0) }
    // A link that leads nowhere is the only one that leads there.
    guard let target = targets.target(of: path) else { return false }
    let isHeld = numberOf[target.folder].map { $0 >= 0 } ?? false
    let isVisible = target.name.withUnsafeBytes { $0.first != 0x2E && !SystemNames.contain($0) }
    if (isHeld && isVisible) || !linked.insert(target).inserted {
      repeats.add(path)
      return true
    }
    return false
  }

  private mutating func addDirectory(_ path: some Collection<UInt8>, label: Int32) -> UInt32 {
    labels.append(label)
    return storage.addDirectory(path: path)
  }
}

/// The paths that led to files that were already samples.
private struct RepeatedPaths {
  private var count = 0
  private var first: [UInt8] = []

  mutating func add(_ path: [UInt8]) {
    if count == 0 { first = path }
    count += 1
  }

  /// The paths in one line; nil where there are none.
  var notice: String? {
    if count == 0 { return nil }
    return
      "\(PathName.shown(first))\(count == 1 ? "" : " and \(count - 1) more"): what this leads to is in the data set "
      + "by another path, too; it counts once, in the class that holds it"
  }
}
