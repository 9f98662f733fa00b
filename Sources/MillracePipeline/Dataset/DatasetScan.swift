#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Dataset {
  /// Finds the images of a folder with a folder for each class, or of a packed file.
  ///
  /// Every folder in the root is a class, and every file in it or in folders below it is a sample of that class,
  /// whatever its name ends with: the first bytes say what a file is, when it is read. So a stray `labels.csv` in a
  /// class folder is a sample, too, and will be skipped and listed as a bad file.
  ///
  /// Hidden names (those that begin with a dot), names that systems put everywhere (`Thumbs.db`, `@eaDir` and their
  /// like), FIFOs, sockets and devices are left out and never opened. Links to files and folders are followed. A
  /// file that several paths lead to counts once, in the class whose folder holds it, and ``notices`` says so.
  /// Files next to the class folders are ignored.
  ///
  /// - Parameters:
  ///   - path: The folder or packed file.
  ///   - minimumClasses: The number of classes that are needed: two to train, one to evaluate.
  /// - Throws: ``DatasetError``.
  public static func scan(_ path: String, minimumClasses: Int = 2) throws(DatasetError) -> Dataset {
    if PackedImages.isPack(path) { return try packed(path, minimumClasses: minimumClasses) }
    return try FolderScan(path).whole().requiringClasses(minimumClasses)
  }

  /// The same images, if there are enough classes and each has an image.
  func requiringClasses(_ minimum: Int) throws(DatasetError) -> Dataset {
    if let fault = faults(requiring: minimum).first { throw fault }
    return self
  }

  /// What is wrong where this many classes are needed, each with an image.
  package func faults(requiring minimum: Int) -> [DatasetError] {
    guard let first = classes.first else { return [.empty(path: root)] }
    let empty = zip(classes, countPerClass).filter { $0.1 == 0 }.map(\.0)
    return (classes.count < minimum ? [.onlyOneClass(path: root, name: first)] : [])
      + (empty.isEmpty ? [] : [.classesWithoutImages(path: root, names: empty)])
  }

  /// Finds images that have no labels: files as they are given, and the files in and below folders.
  ///
  /// Hidden and system names inside folders are left out, as in ``scan(_:minimumClasses:)``. The order is that of
  /// the given paths, and natural within a folder. All labels are −1, and there are no classes.
  ///
  /// - Throws: ``DatasetError/notFound(path:)`` or ``DatasetError/cannotRead(path:code:)``.
  public static func unlabelled(_ paths: [String]) throws(DatasetError) -> Dataset {
    try unlabelled(paths.map { Array($0.utf8) })
  }

  /// Finds images without labels at paths as the system knows them: any bytes except zero.
  public static func unlabelled(_ paths: [[UInt8]]) throws(DatasetError) -> Dataset {
    var scan = TreeScan(root: [])
    for path in paths {
      var status = stat()
      guard withSystemPath(path, { stat($0, &status) }) == 0 else {
        throw error(path, SystemError(code: errno))
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        try scan.addFolder(path)
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

  static func error(_ path: [UInt8], _ error: SystemError) -> DatasetError {
    let path = PathName.shown(path)
    return switch error.code {
    case ENOENT: .notFound(path: path)
    case ENOTDIR: .notAFolder(path: path)
    default: .cannotRead(path: path, code: error.code)
    }
  }
}
