#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Descriptors of a data set's directories, so that a file is opened by its name and not by walking a path.
///
/// Where there are more directories than descriptors to spare, files are opened by their path below the root.
final class OpenDirectories: Sendable {
  /// How a file is opened: its directory's descriptor, or the root's and the directory's path.
  private let descriptors: [Int32]
  private let root: Int32

  /// Descriptors are scarce: a process often has 1024, on macOS 256.
  static let limit = 100

  /// Opens the directories that can be opened. Each file in another directory fails when it is read.
  init(_ dataset: Dataset, limit: Int = OpenDirectories.limit) {
    let storage = dataset.storage.value
    root = storage.root.isEmpty ? AT_FDCWD : Self.open(at: AT_FDCWD, storage.root[...])
    var descriptors: [Int32] = []
    if storage.directories.count <= limit {
      for directory in storage.directories.indices {
        guard storage.directories[directory].pack < 0 else {
          descriptors.append(-1)
          continue
        }
        let path = storage.path(ofDirectory: directory)
        // Files that a table names may be in the root itself.
        descriptors.append(Self.open(at: root, path.isEmpty ? [0x2E] : path))
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
  /// This never blocks, whatever the file has become since the scan, and never makes a terminal the process's own.
  /// It allocates nothing.
  ///
  /// - Throws: The errno value.
  func open(_ sample: Int, of dataset: Dataset) throws(SystemError) -> Int32 {
    let directory = dataset.directory(of: sample)
    let file = dataset.storage.value.withNames(ofFile: dataset.file(of: sample)) { path, name in
      if directory < descriptors.count { return Self.openFile(at: descriptors[directory], name) }
      return Self.openFile(at: root, path, name)
    }
    guard file >= 0 else { throw SystemError(code: -file) }
    return file
  }

  /// The descriptor, or the negative of the errno value.
  private static func openFile(at directory: Int32, _ name: UnsafePointer<CChar>) -> Int32 {
    while true {
      let file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if file >= 0 { return file }
      if errno != EINTR { return -errno }
    }
  }

  private static func openFile(
    at root: Int32, _ directory: UnsafeRawBufferPointer, _ name: UnsafePointer<CChar>
  ) -> Int32 {
    let nameLength = strlen(name) + 1
    // The path is on the stack, unless it is very long.
    return withUnsafeTemporaryAllocation(byteCount: directory.count + 1 + nameLength, alignment: 1) { path in
      path.copyMemory(from: directory)
      var length = directory.count
      if length > 0, path[length - 1] != 0x2F {
        path[length] = 0x2F
        length += 1
      }
      UnsafeMutableRawBufferPointer(rebasing: path[length...])
        .copyMemory(from: UnsafeRawBufferPointer(start: name, count: nameLength))
      // At least the name's final zero was copied, so there is a base address.
      return openFile(at: root, path.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
  }

  private static func open(at parent: Int32, _ path: ArraySlice<UInt8>) -> Int32 {
    (Array(path) + [0]).withUnsafeBytes { bytes in
      openat(
        parent, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
  }
}
