#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The visible files and folders of one directory, in natural order.
struct DirectoryListing {
  /// The identity of this directory, whatever path led to it.
  struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  struct Entry {
    var start: UInt32
    var length: UInt16
    var isFolder: Bool
    /// Whether the entry is a link to a file or folder.
    var isLink: Bool
  }

  /// The raw names, one after another.
  private var names: [UInt8] = []
  private(set) var entries: [Entry] = []
  let identity: Identity

  /// Lists a directory.
  ///
  /// Names that begin with a dot, names that systems put everywhere (``SystemNames``), and everything that is
  /// neither a file nor a folder are left out: nothing but the directory itself is opened. Links are followed. A
  /// link that leads nowhere counts as a file: somebody meant a sample there, and it is better reported than
  /// forgotten.
  ///
  /// - Parameters:
  ///   - parent: A directory's descriptor, or `AT_FDCWD`.
  ///   - path: The directory, relative to the parent.
  /// - Throws: The errno value of what failed.
  init(at parent: Int32, _ path: UnsafePointer<CChar>) throws(SystemError) {
    let file = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError(code: errno) }
    guard let directory = fdopendir(file) else {
      let code = errno
      close(file)
      throw SystemError(code: code)
    }
    defer { closedir(directory) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw SystemError(code: errno) }
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))

    while true {
      // Only errno tells the end of readdir from an error.
      errno = 0
      guard let entry = readdir(directory) else { break }
      append(entry, in: file)
    }
    guard errno == 0 else { throw SystemError(code: errno) }
    sort()
  }

  /// Lends an entry's raw name.
  @inline(__always)
  func withName<Result>(of entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    names.withUnsafeBufferPointer { names in
      body(UnsafeBufferPointer(rebasing: names[Int(entry.start)..<Int(entry.start) + Int(entry.length)]))
    }
  }

  private mutating func append(_ entry: UnsafeMutablePointer<dirent>, in directory: Int32) {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      preconditionFailure("a directory entry's name lies in the entry")
    }
    let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
    // This also leaves out "." and "..".
    if name.pointee == 0x2E { return }
    let length = strlen(name)
    if SystemNames.contain(UnsafeRawBufferPointer(start: name, count: length)) { return }
    var isLink = entry.pointee.d_type == DT_LNK
    let isFolder: Bool
    switch Int(entry.pointee.d_type) {
    case Int(DT_REG): isFolder = false
    case Int(DT_DIR): isFolder = true
    case Int(DT_LNK), Int(DT_UNKNOWN):
      var status = stat()
      if !isLink, fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
        isLink = status.st_mode & S_IFMT == S_IFLNK
      }
      if fstatat(directory, name, &status, 0) != 0 {
        isFolder = false
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: isFolder = false
        case S_IFDIR: isFolder = true
        default: return
        }
      }
    default: return
    }
    entries.append(
      Entry(start: UInt32(names.count), length: UInt16(length), isFolder: isFolder, isLink: isLink))
    name.withMemoryRebound(to: UInt8.self, capacity: length) {
      names.append(contentsOf: UnsafeBufferPointer(start: $0, count: length))
    }
  }

  private mutating func sort() {
    names.withUnsafeBufferPointer { names in
      entries.sort { left, right in
        NaturalOrder.precedes(
          UnsafeBufferPointer(rebasing: names[Int(left.start)..<Int(left.start) + Int(left.length)]),
          UnsafeBufferPointer(rebasing: names[Int(right.start)..<Int(right.start) + Int(right.length)]))
      }
    }
  }
}

/// A system call's errno value.
struct SystemError: Error {
  var code: Int32

  /// The system's message for the value.
  var reason: String { String(cString: strerror(code)) }
}
