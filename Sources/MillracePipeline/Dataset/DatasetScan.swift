#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Dataset {
  /// Finds the images of a folder per class, or of a packed file.
  ///
  /// Every folder in the root is a class, and every file in it or in folders below it is a sample of that
  /// class, whatever its name ends with: what a file is, its first bytes say when it is read. So a stray
  /// `labels.csv` in a class folder is a sample too, and will be skipped and listed as a bad file.
  ///
  /// Hidden names (those that begin with a dot), FIFOs, sockets and devices are left out and never opened.
  /// Links to files and folders are followed; within a class each folder is entered once, so loops end. Files
  /// next to the class folders are ignored.
  ///
  /// - Parameters:
  ///   - path: The folder or packed file.
  ///   - minimumClasses: How many classes are needed: two to train, one to evaluate.
  /// - Throws: ``DatasetError``.
  public static func scan(_ path: String, minimumClasses: Int = 2) throws(DatasetError) -> Dataset {
    if PackedImages.isPack(path) { return try packed(path, minimumClasses: minimumClasses) }
    let root = Array(path.utf8)
    let listing = try rootListing(path)
    let folders = listing.entries.filter(\.isFolder)
    if listing.entries.isEmpty { throw .empty(path: shown(path)) }
    if folders.isEmpty { throw .noClassFolders(path: shown(path), files: listing.entries.count) }

    var scan = TreeScan(root: root)
    var classes: [String] = []
    for folder in folders {
      let name = listing.withName(of: folder) { Array($0) }
      try scan.addFolder(name, label: Int32(classes.count))
      classes.append(PathName.shown(name))
    }
    return try scan.dataset(classes: classes).requiringClasses(minimumClasses)
  }

  /// The same images, if there are so many classes and each has one.
  func requiringClasses(_ minimum: Int) throws(DatasetError) -> Dataset {
    guard let first = classes.first else { throw .empty(path: root) }
    if classes.count < minimum { throw .onlyOneClass(path: root, name: first) }
    let empty = zip(classes, countPerClass).filter { $0.1 == 0 }.map(\.0)
    if !empty.isEmpty { throw .classesWithoutImages(path: root, names: empty) }
    return self
  }

  /// Finds images that have no labels: files as they are given, and the files in and below folders.
  ///
  /// Hidden names inside folders are left out, as in ``scan(_:minimumClasses:)``. The order is that of the
  /// paths, and natural within a folder. All labels are −1, and there are no classes.
  ///
  /// - Throws: ``DatasetError/notFound(path:)`` or ``DatasetError/cannotRead(path:code:)``.
  public static func unlabelled(_ paths: [String]) throws(DatasetError) -> Dataset {
    try unlabelled(paths.map { Array($0.utf8) })
  }

  /// The same for paths as the system knows them: any bytes but zero.
  public static func unlabelled(_ paths: [[UInt8]]) throws(DatasetError) -> Dataset {
    var scan = TreeScan(root: [])
    for path in paths {
      var status = stat()
      guard withSystemPath(path, { stat($0, &status) }) == 0 else {
        throw error(path, SystemError(code: errno))
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try scan.addFolder(path, label: -1)
      } else {
        scan.addFile(path)
      }
    }
    return scan.dataset(classes: [])
  }

  static func rootListing(_ path: String) throws(DatasetError) -> DirectoryListing {
    do throws(SystemError) {
      return try DirectoryListing(at: AT_FDCWD, path)
    } catch {
      throw Self.error(Array(path.utf8), error)
    }
  }

  static func shown(_ path: String) -> String {
    PathName.shown(path.utf8)
  }

  fileprivate static func error(_ path: [UInt8], _ error: SystemError) -> DatasetError {
    let path = PathName.shown(path)
    return switch error.code {
    case ENOENT: .notFound(path: path)
    case ENOTDIR: .notAFolder(path: path)
    default: .cannotRead(path: path, code: error.code)
    }
  }
}

/// A scan under way: walks folders and collects names.
private struct TreeScan {
  private(set) var storage: DatasetStorage
  private var labels: [Int32] = []
  /// The folders entered for the present class.
  private var entered: Set<DirectoryListing.Identity> = []

  init(root: [UInt8]) {
    storage = DatasetStorage(root: root)
  }

  /// Adds all files in and below a folder.
  mutating func addFolder(_ path: [UInt8], label: Int32) throws(DatasetError) {
    entered.removeAll(keepingCapacity: true)
    try add(path, label: label)
  }

  /// Adds a single file by its path.
  mutating func addFile(_ path: [UInt8]) {
    let nameStart = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
    let directory = addDirectory(path[..<nameStart], label: -1)
    path[nameStart...].withUnsafeBufferPointer { storage.addFile($0, in: directory) }
  }

  mutating func dataset(classes: [String]) -> Dataset {
    storage.trim()
    return Dataset(classes: classes, storage: DatasetStorageBox(storage), labels: labels, selection: nil)
  }

  private mutating func add(_ path: [UInt8], label: Int32) throws(DatasetError) {
    let listing = try list(path)
    guard entered.insert(listing.identity).inserted else { return }
    var directory: UInt32?
    for entry in listing.entries {
      if entry.isFolder {
        let name = listing.withName(of: entry) { Array($0) }
        try add(path + (path.last == 0x2F ? [] : [0x2F]) + name, label: label)
      } else {
        let number = directory ?? addDirectory(path, label: label)
        directory = number
        listing.withName(of: entry) { storage.addFile($0, in: number) }
      }
    }
    guard storage.fileCount <= Int(Int32.max) else {
      throw .tooManyFiles(path: PathName.shown(storage.root), limit: Int(Int32.max))
    }
  }

  private mutating func addDirectory(_ path: some Collection<UInt8>, label: Int32) -> UInt32 {
    labels.append(label)
    return storage.addDirectory(path: path)
  }

  private func list(_ path: [UInt8]) throws(DatasetError) -> DirectoryListing {
    let separator: [UInt8] = storage.root.isEmpty || storage.root.last == 0x2F ? [] : [0x2F]
    let full = storage.root + separator + path
    do throws(SystemError) {
      return try withSystemPath(full) { path throws(SystemError) in
        try DirectoryListing(at: AT_FDCWD, path)
      }
    } catch {
      throw .cannotRead(path: PathName.shown(full), code: error.code)
    }
  }
}
