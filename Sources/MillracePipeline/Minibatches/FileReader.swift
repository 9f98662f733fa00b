#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads whole files into one buffer that is reused.
final class FileReader {
  /// Why a file was not read.
  enum Failure: Error {
    case system(SystemError)
    case notAFile
    case tooLarge(bytes: Int, limit: Int)
    /// A sample of a packed file cannot be read; the reason is in words.
    case packed(reason: String)

    var reason: String {
      switch self {
      case .system(let error): "cannot be read: \(error.reason); restore the file or its permissions"
      case .notAFile: "not a regular file; remove it"
      case .tooLarge(let bytes, let limit):
        "a file of \(bytes) bytes, the limit is \(limit);"
          + " scale the image down, or raise the limit with --max-file-bytes \(bytes)"
      case .packed(let reason): reason
      }
    }

    /// The error, where descriptors or memory ran out: no file is to blame for this.
    var shortage: SystemError? {
      guard case .system(let error) = self, [EMFILE, ENFILE, ENOMEM].contains(error.code) else { return nil }
      return error
    }
  }

  private let maxBytes: Int
  private var buffer: UnsafeMutableRawBufferPointer

  init(maxBytes: Int) {
    self.maxBytes = maxBytes
    buffer = .allocate(byteCount: 1 << 16, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Reads a sample's file.
  ///
  /// - Parameter most: The number of bytes that are enough; nil: all.
  /// - Returns: The file's bytes, as many as there were; they are valid until the next read.
  func read(
    _ sample: Int, of dataset: Dataset, in directories: OpenDirectories, atMost most: Int? = nil
  ) throws(Failure) -> UnsafeRawBufferPointer {
    if let (pack, record) = dataset.packed(sample) { return try read(record, of: pack) }
    let file: Int32
    do throws(SystemError) {
      file = try directories.open(sample, of: dataset)
    } catch {
      throw .system(error)
    }
    return try read(file, atMost: most)
  }

  /// Reads a file from a packed one.
  private func read(_ number: Int, of pack: PackedImages) throws(Failure) -> UnsafeRawBufferPointer {
    let bytes = try readRecord(number, of: pack)
    switch PackRecord.Kind(rawValue: pack.index.records[number].kind) {
    case .file: return bytes
    case .unreadable: throw .packed(reason: String(decoding: bytes, as: UTF8.self))
    case .pixels, nil:
      throw .packed(reason: "packed as pixels, and a file is needed; give the folder it was packed from")
    }
  }

  /// Reads the bytes that are packed for a sample, whatever they are.
  ///
  /// - Returns: The bytes, which are valid until the next read.
  func readRecord(_ number: Int, of pack: PackedImages) throws(Failure) -> UnsafeRawBufferPointer {
    let record = pack.index.records[number]
    let size = Int(record.length)
    guard size <= maxBytes || record.kind == PackRecord.Kind.pixels.rawValue else {
      throw .tooLarge(bytes: size, limit: maxBytes)
    }
    reserve(size)
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
    do throws(PackIndex.Damage) {
      try pack.read(number, into: bytes)
    } catch {
      throw .packed(reason: error.reason)
    }
    return UnsafeRawBufferPointer(bytes)
  }

  /// Reads an open file, and closes it.
  ///
  /// - Returns: The file's bytes, as many as there were; they are valid until the next read.
  func read(_ file: Int32, atMost most: Int? = nil) throws(Failure) -> UnsafeRawBufferPointer {
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system(SystemError(code: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    let size = min(Int(status.st_size), most ?? .max)
    guard size <= maxBytes else { throw .tooLarge(bytes: size, limit: maxBytes) }
    reserve(size)

    var count = 0
    while count < size {
      let step = readOnce(file, UnsafeMutableRawBufferPointer(rebasing: buffer[count..<size]))
      if step > 0 { count += step }
      // The file has become shorter in the meantime: the decoder will find out what is missing.
      if step == 0 { break }
      if step < 0 && errno != EINTR { throw .system(SystemError(code: errno)) }
    }
    return UnsafeRawBufferPointer(rebasing: buffer[..<count])
  }

  private func readOnce(_ file: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.read(file, room.baseAddress, room.count)
    #else
    Darwin.read(file, room.baseAddress, room.count)
    #endif
  }

  private func reserve(_ count: Int) {
    guard count > buffer.count else { return }
    buffer.deallocate()
    // The buffer is larger than needed, so that slightly larger files do not make it grow again and again.
    buffer = .allocate(byteCount: count + count / 2, alignment: 64)
  }
}
