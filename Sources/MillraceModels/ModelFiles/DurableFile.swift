#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is whole or absent: written beside its destination, then moved there in one step.
///
/// The bytes go to a temporary file in the same folder (`.NAME.tmp-N`). `commit` brings them to the disk, renames
/// the file and brings the folder to the disk. So after a crash at any moment the path holds the old contents or
/// the new, never a mixture. A file that is not committed, because of an error or otherwise, removes its temporary
/// file when it goes out of scope; that of a killed process stays until ``removeTemporaries(in:)``. A symbolic link
/// at the path is replaced, not followed.
package struct DurableFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private var isTemporary = true

  /// Creates the temporary file; nothing at `path` changes yet.
  ///
  /// - Throws: ``FileError/notAFile(path:)`` where the path holds something other than a file or a link;
  ///   ``FileError/cannotCreate(path:code:)`` where its folder does not accept a new file.
  package init(replacing path: String) throws(FileError) {
    var status = stat()
    if lstat(path, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      guard kind == S_IFREG || kind == S_IFLNK else { throw .notAFile(path: path) }
    }
    let (folder, name) = splitPath(path)
    // A file system accepts names of at most 255 bytes.
    let stem = String(decoding: name.utf8.prefix(200), as: UTF8.self)
    var attempt = 0
    while true {
      // Another process may be writing the same file, and a killed one leaves its temporary file.
      let temporaryPath = "\(folder)/.\(stem)\(Self.temporaryMark)\(attempt)"
      let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
        return
      }
      if errno == EINTR { continue }
      guard errno == EEXIST, attempt < 10_000 else { throw .cannotCreate(path: path, code: errno) }
      attempt += 1
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isTemporary { unlink(temporaryPath) }
  }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try writeAll(bytes, to: descriptor, path: path)
  }

  /// Appends the bytes of the elements as they are in memory.
  package mutating func write<Element: BitwiseCopyable>(_ elements: [Element]) throws(FileError) {
    let descriptor = descriptor
    let path = path
    let result = elements.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path: path) }
    }
    try result.get()
  }

  /// Makes the bytes durable and moves them to the path.
  ///
  /// When this throws before the move, the path still holds what it held, and the temporary file is removed.
  ///
  /// - Parameter keptAs: Where a replaced file is moved, in the same folder; nil: it is removed. Between the two
  ///   moves there is no file at the path, and the old one is whole at the other.
  public consuming func commit(movingOldTo keptAs: String? = nil) throws(FileError) {
    guard synchronize(descriptor) == 0 else { throw .cannotWrite(path: path, during: "fsync", code: errno) }
    // A network file system may report a failed write only here. The descriptor is closed even after EINTR.
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 || errno == EINTR else { throw .cannotWrite(path: path, during: "close", code: errno) }
    if let keptAs, !move(path, to: keptAs), errno != ENOENT {
      throw .cannotWrite(path: keptAs, during: "rename", code: errno)
    }
    guard move(temporaryPath, to: path) else {
      throw .cannotWrite(path: path, during: "rename", code: errno)
    }
    isTemporary = false
    try synchronizeFolder(splitPath(path).folder)
  }
}

extension DurableFile {
  /// Writes a whole file durably.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    var file = try DurableFile(replacing: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Writes a text as UTF-8 durably.
  package static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// The mark that tells a temporary file's name from others.
  private static let temporaryMark = ".tmp-"

  /// Removes the temporary files in a folder whose processes were killed while they wrote. Nobody may be writing
  /// there.
  package static func removeTemporaries(in folder: String) {
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = entryName(entry)
      if name.hasPrefix("."), name.contains(temporaryMark) { unlink("\(folder)/\(name)") }
    }
  }
}

/// Writes every byte, however the system splits or interrupts it.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let written = write(descriptor, bytes.baseAddress.map { $0 + done }, min(bytes.count - done, 1 << 30))
    if written < 0 && errno == EINTR { continue }
    guard written >= 0 else { throw .cannotWrite(path: path, during: "write", code: errno) }
    done += written
  }
}

/// Brings a folder's entries to the disk.
func synchronizeFolder(_ path: String) throws(FileError) {
  let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
  guard descriptor >= 0 else { throw .cannotWrite(path: path, during: "open folder", code: errno) }
  defer { close(descriptor) }
  // Some network and user-space file systems cannot do this and say so with EINVAL; then nothing better is
  // possible.
  guard synchronize(descriptor) == 0 || errno == EINVAL else {
    throw .cannotWrite(path: path, during: "fsync folder", code: errno)
  }
}

/// Calls `fsync`, and again after interruptions. After any other failure it must not be tried again: the system may
/// have dropped the pages, and a second call would succeed without them.
package func synchronize(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
  // On macOS fsync stops at the drive's cache.
  if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
  #endif
  return retryingInterrupted { fsync(descriptor) }
}

/// Renames a file, and returns whether that succeeded; on failure `errno` says why.
private func move(_ path: String, to newPath: String) -> Bool {
  retryingInterrupted { rename(path, newPath) } == 0
}

/// Repeats a system call as long as signals interrupt it.
package func retryingInterrupted(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The name of an entry of a folder.
func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
  withUnsafePointer(to: &entry.pointee.d_name) { pointer in
    pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
      String(cString: $0)
    }
  }
}

/// The folder of a path ("." where none is named) and its last part.
package func splitPath(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
  let folder = String(path[..<slash])
  return (folder.isEmpty ? "/" : folder, String(path[path.utf8.index(after: slash)...]))
}
