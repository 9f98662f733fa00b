/// The names of all files of a tree, in some tens of bytes for each file.
///
/// Names are raw bytes in one array, each followed by a zero, so that a system call can use it in place. A file
/// knows its directory by number; a directory's path is relative to the root.
struct DatasetStorage: Sendable {
  /// A directory that holds samples.
  struct Directory: Sendable {
    var pathStart: Int
    var pathLength: Int
    /// The packed file that holds the directory's samples; −1 where they are files of their own.
    var pack: Int32 = -1
  }

  /// The root as it was given.
  let root: [UInt8]
  /// The name of the data set in messages; nil: the root.
  var name: String?
  private(set) var names: [UInt8] = []
  private(set) var directories: [Directory] = []
  private(set) var nameStarts: [Int] = []
  private(set) var directoryOfFile: [UInt32] = []
  /// The packed files that hold samples.
  private(set) var packs: [PackedImages] = []
  /// For each file, its number in the packed file. Empty where nothing is packed.
  private var recordOfFile: [UInt32] = []
  /// The root, and every folder that a link led to: what is in or below them is part of the data set. With a table
  /// of labels, the table.
  private(set) var places: [DirectoryListing.Identity] = []
  /// Notices about the folders for people, each in one line.
  var notices: [String] = []

  /// Begins without samples.
  ///
  /// - Parameter names: Names by which directories and files are added in place.
  init(root: [UInt8], names: [UInt8] = []) {
    self.root = root
    self.names = names
  }

  var fileCount: Int { nameStarts.count }

  /// Adds a packed file, or finds it among those that were added.
  mutating func addPack(_ pack: PackedImages) -> Int32 {
    if let known = packs.firstIndex(where: { $0 === pack }) { return Int32(known) }
    packs.append(pack)
    return Int32(packs.count - 1)
  }

  mutating func addPlace(_ place: DirectoryListing.Identity) { places.append(place) }

  mutating func addDirectory(path: some Collection<UInt8>, pack: Int32 = -1) -> UInt32 {
    directories.append(Directory(pathStart: names.count, pathLength: path.count, pack: pack))
    names.append(contentsOf: path)
    names.append(0)
    return UInt32(directories.count - 1)
  }

  /// Adds a directory whose path is already among the names.
  mutating func addDirectory(pathStart: Int, pathLength: Int, pack: Int32) -> UInt32 {
    directories.append(Directory(pathStart: pathStart, pathLength: pathLength, pack: pack))
    return UInt32(directories.count - 1)
  }

  /// Adds a file.
  ///
  /// - Parameter record: The file's number in the packed file of the directory; nil where there is none.
  mutating func addFile(_ name: UnsafeBufferPointer<UInt8>, in directory: UInt32, record: UInt32? = nil) {
    let start = names.count
    names.append(contentsOf: name)
    names.append(0)
    addFile(nameStart: start, in: directory, record: record)
  }

  /// Adds a file whose name is already among the names.
  mutating func addFile(nameStart: Int, in directory: UInt32, record: UInt32? = nil) {
    nameStarts.append(nameStart)
    directoryOfFile.append(directory)
    if !packs.isEmpty {
      // Files that were added before the first packed one have no record either.
      while recordOfFile.count < nameStarts.count - 1 { recordOfFile.append(0) }
      recordOfFile.append(record ?? 0)
    }
  }

  /// The place of a file in a packed file; nil for a file of its own.
  @inline(__always)
  func packed(file: Int) -> (pack: PackedImages, record: Int)? {
    if packs.isEmpty { return nil }
    let pack = directories[Int(directoryOfFile[file])].pack
    return pack < 0 ? nil : (packs[Int(pack)], Int(recordOfFile[file]))
  }

  /// Releases the memory that growing has reserved beyond need.
  mutating func trim() {
    names = Array(names)
    nameStarts = Array(nameStarts)
    directoryOfFile = Array(directoryOfFile)
  }

  /// A directory's path, relative to the root, without the zero at its end.
  func path(ofDirectory directory: Int) -> ArraySlice<UInt8> {
    let entry = directories[directory]
    return names[entry.pathStart..<entry.pathStart + entry.pathLength]
  }

  /// A file's name, without the zero at its end.
  func name(ofFile file: Int) -> ArraySlice<UInt8> {
    let start = nameStarts[file]
    // The next name, or the next directory's path, begins after the zero.
    var end = start
    while names[end] != 0 { end += 1 }
    return names[start..<end]
  }

  /// Lends the path of a file's directory, without the zero at its end, and the file's name, with it.
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
