#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension PackedImages {
  /// The largest number of files that are looked at: enough to find a change of some size, few enough to cost
  /// nothing.
  private static let filesLookedAt = 10_000

  /// One line where the folder that was packed has changed since; nil where it has not, or no longer exists.
  ///
  /// Every folder's time of change is compared, which finds files that came, went or were renamed, and the size and
  /// time of up to ten thousand files.
  var stalenessNotice: String? {
    let source = Array(index.source.utf8)
    guard FileTimes(source) != nil else { return nil }
    let roots = Self.partRoots(of: source, count: Int(index.head.partCount))
    let above = Self.foldersAbove(index.directories, names: index.names, below: roots)
    var changed = Self.modified(above) == index.head.rootModified ? nil : source
    for directory in index.directories where changed == nil {
      let path = sourcePath(of: directory, below: roots)
      if FileTimes(path)?.modified != directory.modified { changed = path }
    }
    let step = max(1, index.records.count / Self.filesLookedAt)
    for number in stride(from: 0, to: index.records.count, by: step) where changed == nil {
      let record = index.records[number]
      let path =
        sourcePath(of: index.directories[Int(record.directory)], below: roots) + [0x2F]
        + index.names[Int(record.nameStart)...].prefix { $0 != 0 }
      // A link that led nowhere has neither.
      let now = FileTimes(path)
      if now?.modified ?? 0 != record.sourceModified || now?.size ?? 0 != record.sourceSize { changed = path }
    }
    return changed.map {
      "\(PathName.shown(path.utf8)): \(PathName.shown($0)) has changed since it was packed; "
        + "pack \(index.source) again to use it as it is now"
    }
  }

  private func sourcePath(of directory: PackDirectory, below roots: [[UInt8]]) -> [UInt8] {
    let start = Int(directory.pathStart)
    return roots[Int(directory.part)] + [0x2F] + index.names[start..<start + Int(directory.pathLength)]
  }

  /// The folders of a tree's parts.
  static func partRoots(of source: [UInt8], count: Int) -> [[UInt8]] {
    guard count == 2 else { return [source] }
    let listing = try? withSystemPath(source) { path throws(SystemError) in
      try DirectoryListing(at: AT_FDCWD, path)
    }
    let folders = SplitFolders(
      (listing?.folderNames ?? []).map { String(decoding: $0, as: UTF8.self) })
    return [folders[.training].first ?? "train", folders[.validation].first ?? "val"].map {
      source + [0x2F] + Array($0.utf8)
    }
  }

  /// The roots, and every folder between them and the folders with samples: there, new classes and new folders
  /// show.
  static func foldersAbove(
    _ directories: [PackDirectory], names: [UInt8], below roots: [[UInt8]]
  ) -> Set<[UInt8]> {
    var folders = Set(roots)
    for directory in directories {
      let start = Int(directory.pathStart)
      let path = names[start..<start + Int(directory.pathLength)]
      for slash in path.indices where path[slash] == 0x2F {
        folders.insert(roots[Int(directory.part)] + [0x2F] + path[..<slash])
      }
    }
    return folders
  }

  /// One number for the times of change of some folders.
  static func modified(_ folders: some Sequence<[UInt8]>) -> Int64 {
    folders.reduce(0) { $0 &+ (FileTimes($1)?.modified ?? 0) }
  }
}

/// The time of a file's last change, and its length.
struct FileTimes {
  /// The time in nanoseconds since 1970.
  var modified: Int64
  /// The length in bytes.
  var size: UInt64

  /// Reads the times of a file; nil where there is no such file.
  init?(_ path: [UInt8]) {
    var status = stat()
    let found = (path + [0]).withUnsafeBytes {
      // There is at least the final zero, so there is a base address.
      stat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status)
    }
    guard found == 0 else { return nil }
    #if canImport(Glibc)
    let time = status.st_mtim
    #else
    let time = status.st_mtimespec
    #endif
    // The time is only compared, so a year beyond 2262 may wrap around.
    modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    size = UInt64(clamping: status.st_size)
  }
}
