import MillraceImages
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open packed file: its index, and its images one by one. Any thread may read.
///
/// Each image is read with one system call. Its checksum is compared when it is first read. If somebody cuts the
/// file short in the meantime, images become bad, and nothing worse happens: the file is not mapped into memory.
final class PackedImages: Sendable {
  /// The path of the file.
  let path: String
  let index: PackIndex
  private let file: Int32
  /// For each record whether its checksum was compared.
  private nonisolated(unsafe) let verified: UnsafeMutableBufferPointer<Atomic<Bool>>

  /// The bytes of an index of some fifty million images; a file that claims more is refused before memory is spent.
  private static let longestIndex: UInt64 = 1 << 33

  /// Whether the first bytes of a file say that it is a packed one.
  static func isPack(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return false }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    var start = [UInt8](repeating: 0, count: PackFormat.magic.count)
    return (try? readAll(file, at: 0, into: &start)) != nil && start == PackFormat.magic
  }

  /// Opens a file and checks its index.
  init(_ path: String) throws(PackError) {
    let shown = PathName.shown(path.utf8)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .cannotRead(path: shown, reason: SystemError(code: errno).reason) }
    do {
      index = try Self.index(of: file)
    } catch {
      close(file)
      switch error {
      case let damage as PackIndex.Damage: throw .damaged(path: shown, reason: damage.reason)
      case let system as SystemError: throw .cannotRead(path: shown, reason: system.reason)
      default: throw .damaged(path: shown, reason: "\(error)")
      }
    }
    self.path = path
    self.file = file
    verified = .allocate(capacity: index.records.count)
    for record in verified.indices { verified.initializeElement(at: record, to: Atomic(false)) }
    #if canImport(Glibc)
    // The order of an epoch is random, but a disk is best read in one go: what fits into memory will be there when
    // needed.
    posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED)
    #endif
  }

  deinit {
    close(file)
    verified.deinitialize()
    verified.deallocate()
  }

  /// Reads a record's bytes.
  ///
  /// - Parameter destination: Memory as long as the record says.
  /// - Throws: What is wrong, in words.
  func read(_ number: Int, into destination: UnsafeMutableRawBufferPointer) throws(PackIndex.Damage) {
    let record = index.records[number]
    do throws(SystemError) {
      try Self.readAll(file, at: record.offset, into: destination)
    } catch {
      throw PackIndex.Damage("cannot be read from the packed file: \(error.reason); pack the folder again")
    }
    if verified[number].load(ordering: .relaxed) { return }
    guard Checksum.of(UnsafeRawBufferPointer(destination)) == record.checksum else {
      throw PackIndex.Damage("its checksum in the packed file is wrong; pack the folder again")
    }
    verified[number].store(true, ordering: .relaxed)
  }

  private static func index(of file: Int32) throws -> PackIndex {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw SystemError(code: errno) }
    let size = UInt64(status.st_size)
    let trailerSize = UInt64(MemoryLayout<PackTrailer>.size)
    guard size >= UInt64(PackFormat.magic.count) + trailerSize else {
      throw PackIndex.Damage("the file is cut short")
    }
    var bytes = [UInt8](repeating: 0, count: Int(trailerSize))
    try readAll(file, at: size - trailerSize, into: &bytes)
    let trailer = bytes.withUnsafeBytes { $0.loadUnaligned(as: PackTrailer.self) }
    let checked = bytes.dropLast(4).withUnsafeBytes { Checksum.of($0) }
    guard trailer.magic == PackFormat.trailerMagic, trailer.checksum == checked else {
      throw PackIndex.Damage("its end is missing")
    }
    let (end, overflow) = trailer.indexOffset.addingReportingOverflow(trailer.indexLength)
    guard !overflow, end == size - trailerSize, trailer.indexLength <= Self.longestIndex else {
      throw PackIndex.Damage("the index leads nowhere")
    }
    var index = [UInt8](repeating: 0, count: Int(trailer.indexLength))
    try readAll(file, at: trailer.indexOffset, into: &index)
    guard index.withUnsafeBytes({ Checksum.of($0) }) == trailer.indexChecksum else {
      throw PackIndex.Damage("the checksum of its index is wrong")
    }
    return try PackIndex(index, dataEnd: trailer.indexOffset)
  }

  private static func readAll(_ file: Int32, at offset: UInt64, into bytes: inout [UInt8]) throws(SystemError)
  {
    let result = bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(SystemError) in try readAll(file, at: offset, into: bytes) }
    }
    try result.get()
  }

  private static func readAll(
    _ file: Int32, at offset: UInt64, into bytes: UnsafeMutableRawBufferPointer
  ) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = pread(file, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
      if count < 0 && errno == EINTR { continue }
      // This is the end of the file, where the index says that there is more.
      guard count != 0 else { throw SystemError(code: EIO) }
      guard count > 0 else { throw SystemError(code: errno) }
      done += count
    }
  }
}
