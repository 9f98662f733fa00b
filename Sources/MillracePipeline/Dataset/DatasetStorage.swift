/// The names of all files of a tree, some tens of bytes a file.
///
/// Names are raw bytes in one array, each followed by a zero so that a system call can take it in place. A
/// file knows its directory by number; a directory's path is relative to the root.
struct DatasetStorage: Sendable {
  /// A directory that holds samples.
  struct Directory: Sendable {
    var pathStart: Int
    var pathLength: Int
  }

  /// The root as it was given.
  let root: [UInt8]
  private(set) var names: [UInt8] = []
  private(set) var directories: [Directory] = []
  private(set) var nameStarts: [Int] = []
  private(set) var directoryOfFile: [UInt32] = []

  init(root: [UInt8]) {
    self.root = root
  }

  var fileCount: Int { nameStarts.count }

  mutating func addDirectory(path: some Collection<UInt8>) -> UInt32 {
    directories.append(Directory(pathStart: names.count, pathLength: path.count))
    names.append(contentsOf: path)
    names.append(0)
    return UInt32(directories.count - 1)
  }

  mutating func addFile(_ name: UnsafeBufferPointer<UInt8>, in directory: UInt32) {
    nameStarts.append(names.count)
    directoryOfFile.append(directory)
    names.append(contentsOf: name)
    names.append(0)
  }

  /// Gives back what growing has reserved beyond need.
  mutating func trim() {
    names = Array(names)
    nameStarts = Array(nameStarts)
    directoryOfFile = Array(directoryOfFile)
  }

  /// A directory's path, relative to the root, without the zero.
  func path(ofDirectory directory: Int) -> ArraySlice<UInt8> {
    let entry = directories[directory]
    return names[entry.pathStart..<entry.pathStart + entry.pathLength]
  }

  /// A file's name, without the zero.
  func name(ofFile file: Int) -> ArraySlice<UInt8> {
    let start = nameStarts[file]
    // The next name, or the next directory's path, begins after the zero.
    var end = start
    while names[end] != 0 { end += 1 }
    return names[start..<end]
  }

  /// Lends the path of a file's directory, without the zero, and its name, with it.
  @inline(__always)
  func withNames<Result>(
    ofFile file: Int, _ body: (UnsafeRawBufferPointer, UnsafePointer<CChar>) -> Result
  ) -> Result {
    let directory = directories[Int(directoryOfFile[file])]
    let nameStart = nameStarts[file]
    return names.withUnsafeBytes { names in
      let pathEnd = directory.pathStart + directory.pathLength
      // There is a name, so the array is not empty and has a base address.
      return body(
        UnsafeRawBufferPointer(rebasing: names[directory.pathStart..<pathEnd]),
        (names.baseAddress! + nameStart).assumingMemoryBound(to: CChar.self))
    }
  }
}
