#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Descriptors of a data set's directories, so that a file is opened by its name and not by walking a path.
///
/// With more directories than descriptors to spare, files are opened by their path below the root.
final class OpenDirectories: Sendable {
  /// How a file is opened: its directory's descriptor, or the root's and the directory's path.
  private let descriptors: [Int32]
  private let root: Int32

  /// Descriptors are scarce: often 1024 a process, 256 on macOS.
  static let limit = 100

  /// Opens what it can. A directory that cannot be opened makes each of its files fail when it is read.
  init(_ dataset: Dataset, limit: Int = OpenDirectories.limit) {
    let storage = dataset.storage.value
    root = storage.root.isEmpty ? AT_FDCWD : Self.open(at: AT_FDCWD, storage.root[...])
    var descriptors: [Int32] = []
    if storage.directories.count <= limit {
      for directory in storage.directories.indices {
        let path = storage.path(ofDirectory: directory)
        descriptors.append(path.isEmpty ? AT_FDCWD : Self.open(at: root, path))
      }
    }
    self.descriptors = descriptors
  }

  deinit {
    // AT_FDCWD and failures are negative.
    for descriptor in descriptors + [root] where descriptor >= 0 { close(descriptor) }
  }

  /// Opens a sample's file for reading.
  ///
  /// Never blocks, whatever the file has become since the scan, and makes no terminal the process's own.
  ///
  /// - Throws: The errno value.
  func open(_ sample: Int, of dataset: Dataset) throws(SystemError) -> Int32 {
    let storage = dataset.storage
    let directory = dataset.directory(of: sample)
    let nameStart = storage.value.nameStarts[dataset.file(of: sample)]
    let file: Int32
    if directory < descriptors.count {
      file = storage.value.names.withUnsafeBytes { names in
        Self.openFile(at: descriptors[directory], names, nameStart)
      }
    } else {
      let path = dataset.rawRelativePath(of: sample) + [0]
      file = path.withUnsafeBytes { Self.openFile(at: root, $0, 0) }
    }
    guard file >= 0 else { throw SystemError(code: errno) }
    return file
  }

  private static func openFile(at directory: Int32, _ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int32 {
    // A name ends with a zero, so the array is not empty and has a base address.
    let name = (bytes.baseAddress! + start).assumingMemoryBound(to: CChar.self)
    while true {
      let file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if file >= 0 || errno != EINTR { return file }
    }
  }

  private static func open(at parent: Int32, _ path: ArraySlice<UInt8>) -> Int32 {
    (Array(path) + [0]).withUnsafeBytes { bytes in
      openat(
        parent, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
  }
}
