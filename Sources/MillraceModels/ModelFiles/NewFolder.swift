#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Creates folders that nobody else has: the system's `mkdir` decides, so two runs never share one.
package enum NewFolder {
  /// Creates the next numbered folder, `parent/1`, `parent/2` and so on, and returns its path.
  ///
  /// The number is one above the highest in the parent, so numbers show the order even after some folders were
  /// removed. The parent is created where it is missing.
  package static func createNumbered(in parent: String) throws(FileError) -> String {
    try createParents(parent)
    var number = try highestNumber(in: parent) + 1
    while true {
      let path = join(parent, "\(number)")
      if mkdir(path, 0o777) == 0 {
        try keep(path, in: parent)
        return path
      }
      // Another run, or a file of that name, has taken the number in the meantime.
      guard errno == EEXIST else { throw .cannotCreate(path: path, code: errno) }
      number += 1
    }
  }

  /// Creates `parent/name` and returns its path. The parent is created where it is missing.
  ///
  /// - Throws: ``FileError/alreadyExists(path:)`` where the name is taken; ``FileError/invalidName(_:)`` where it
  ///   is not one part of a path.
  package static func create(named name: String, in parent: String) throws(FileError) -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == 0x2F || $0 == 0 })
    else {
      throw .invalidName(name)
    }
    try createParents(parent)
    let path = join(parent, name)
    guard mkdir(path, 0o777) == 0 else {
      throw errno == EEXIST ? .alreadyExists(path: path) : .cannotCreate(path: path, code: errno)
    }
    try keep(path, in: parent)
    return path
  }

  /// Makes a new folder durable, and removes it again where that fails.
  private static func keep(_ path: String, in parent: String) throws(FileError) {
    do throws(FileError) {
      try synchronizeFolder(parent)
    } catch {
      rmdir(path)
      throw error
    }
  }

  private static func join(_ parent: String, _ name: String) -> String {
    parent.hasSuffix("/") ? parent + name : "\(parent)/\(name)"
  }

  /// Creates a folder and its parents, as `mkdir -p` does.
  private static func createParents(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, !path.isEmpty {
      let parent = splitPath(path).folder
      if parent != path, parent != "." {
        try createParents(parent)
        if mkdir(path, 0o777) == 0 { return }
      }
    }
    let code = errno
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw .cannotCreate(path: path, code: ENOTDIR)
    }
    throw .cannotCreate(path: path, code: code)
  }

  private static func highestNumber(in folder: String) throws(FileError) -> Int {
    guard let listing = opendir(folder) else { throw .cannotCreate(path: folder, code: errno) }
    defer { closedir(listing) }
    var highest = 0
    while let entry = readdir(listing) {
      let name = entryName(entry)
      // A longer number is not one of ours, and must not overflow the next.
      if let number = Int(name), String(number) == name, name.utf8.count <= 9 {
        highest = max(highest, number)
      }
    }
    return highest
  }
}
