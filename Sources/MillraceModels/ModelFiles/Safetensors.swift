#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

#if _endian(big)
#error("safetensors data is little-endian and is read and written here without conversion")
#endif

/// Named tensors and a map of strings: the contents of a safetensors file.
///
/// The layout is eight bytes of header length (little-endian), a JSON header, then the tensors' bytes without
/// gaps. Format: https://github.com/huggingface/safetensors.
package struct SafetensorsFile: Sendable, Hashable {
  /// The `__metadata__` map: free text by key.
  package var metadata: [String: String]
  /// The tensors. No two have the same name.
  package var tensors: [Tensor]
  /// The tensors of a file that was read whose elements are of types that this project does not read. They are
  /// ignored, and not written.
  package private(set) var others: [OtherTensor] = []

  /// Makes the contents of a file yet to be written.
  package init(metadata: [String: String] = [:], tensors: [Tensor] = []) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// The first tensor of that name, found by linear search, or nil.
  package subscript(name: String) -> Tensor? {
    tensors.first { $0.name == name }
  }
}

extension SafetensorsFile {
  /// A named array of numbers with a shape.
  package struct Tensor: Sendable, Hashable {
    /// The tensor's name, unique in its file and never `__metadata__`.
    package let name: String
    /// The sizes from the slowest dimension to the fastest; empty for a scalar.
    package let shape: [Int]
    /// The numbers in row-major order; as many as the product of the shape.
    package let values: Values

    /// Makes a tensor. A count that does not match the shape, or a reserved name, is a programmer's mistake.
    package init(name: String, shape: [Int], values: Values) {
      precondition(
        name != SafetensorsHeader.metadataKey, "a tensor cannot be named \(name): the format reserves it")
      precondition(
        shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
        "tensor \(name) of shape \(shape) needs \(shape.reduce(1, *)) values, got \(values.count)")
      self.name = name
      self.shape = shape
      self.values = values
    }

    /// The numbers as Floats where the tensor holds F32, otherwise nil.
    package var floats: [Float]? {
      if case .float32(let values) = values { values } else { nil }
    }
  }

  /// A tensor of which only the header is read.
  package struct OtherTensor: Sendable, Hashable {
    /// The tensor's name, unique in its file.
    package let name: String
    /// The element type by its name in the format, such as `BF16`.
    package let type: String
    /// The sizes from the slowest dimension to the fastest.
    package let shape: [Int]
  }

  /// The numbers of a tensor, by element type.
  package enum Values: Sendable, Hashable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])
    case int32([Int32])
    case uint8([UInt8])
  }
}

extension SafetensorsFile.Values {
  /// The number of values.
  package var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int64(let values): values.count
    case .int32(let values): values.count
    case .uint8(let values): values.count
    }
  }

  var elementType: SafetensorsElementType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .int32: .int32
    case .uint8: .uint8
    }
  }

  package func write(to file: inout DurableFile) throws(FileError) {
    switch self {
    case .float32(let values): try file.write(values)
    case .float64(let values): try file.write(values)
    case .int64(let values): try file.write(values)
    case .int32(let values): try file.write(values)
    case .uint8(let values): try file.write(values)
    }
  }
}

// MARK: Writing

extension SafetensorsFile {
  /// Writes the file whole or not at all; the same contents give the same bytes.
  ///
  /// Metadata is ordered by its keys' bytes. Tensors keep their order, but wider elements come first, so each
  /// tensor is aligned to its element's size. Two tensors of one name are a programmer's mistake.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - oldPath: Where a replaced file is moved, see ``DurableFile/commit(movingOldTo:)``.
  package func write(to path: String, movingOldTo oldPath: String? = nil) throws(FileError) {
    let ordered = alignedTensors
    var file = try DurableFile(replacing: path)
    try file.write(SafetensorsHeader(metadata: metadata, tensors: ordered).encoded())
    for tensor in ordered { try tensor.values.write(to: &file) }
    try file.commit(movingOldTo: oldPath)
  }

  /// The tensors in the order in which they are written.
  var alignedTensors: [Tensor] {
    let widths = Set(tensors.map(\.values.elementType.width)).sorted(by: >)
    return widths.flatMap { width in tensors.filter { $0.values.elementType.width == width } }
  }
}

// MARK: Reading

extension SafetensorsFile {
  /// Reads and validates a file as if it came from an enemy.
  ///
  /// Lengths, names, element types, shapes and offsets are checked against each other and against the file's size
  /// before memory is allocated for any tensor. Tensors come in the order of their data. ``others`` names those of
  /// types that are not read here.
  package init(contentsOf path: String) throws(ModelFileError) {
    let file = try ModelFileReader(path: path)
    let prefixCount = SafetensorsHeader.lengthPrefixCount
    guard file.count >= prefixCount else {
      throw .damaged(
        path: path, found: "\(file.count) bytes in all",
        expected: "at least the \(prefixCount) bytes that give the header's length")
    }
    let prefix = try file.read(UInt64.self, count: 1, at: 0)[0]
    guard prefix <= SafetensorsHeader.maximumByteCount else {
      throw .damaged(
        path: path, found: "a header length of \(prefix) bytes",
        expected: "at most \(SafetensorsHeader.maximumByteCount)")
    }
    let headerCount = Int(prefix)
    guard headerCount <= file.count - prefixCount else {
      throw .damaged(
        path: path, found: "a file of \(file.count) bytes",
        expected: "at least the \(prefixCount + headerCount) bytes that its header takes")
    }
    let dataStart = prefixCount + headerCount
    let header = try SafetensorsHeader(
      parsing: try file.read(UInt8.self, count: headerCount, at: prefixCount),
      dataCount: file.count - dataStart, path: path)

    metadata = header.metadata
    tensors = []
    tensors.reserveCapacity(header.entries.count)
    for entry in header.entries {
      guard let type = entry.elementType else {
        others.append(OtherTensor(name: entry.name, type: entry.typeName, shape: entry.shape))
        continue
      }
      let start = dataStart + entry.bytes.lowerBound
      let count = entry.bytes.count / type.width
      let values: Values =
        switch type {
        case .float32: .float32(try file.read(Float.self, count: count, at: start))
        case .float64: .float64(try file.read(Double.self, count: count, at: start))
        case .int64: .int64(try file.read(Int64.self, count: count, at: start))
        case .int32: .int32(try file.read(Int32.self, count: count, at: start))
        case .uint8: .uint8(try file.read(UInt8.self, count: count, at: start))
        }
      tensors.append(Tensor(name: entry.name, shape: entry.shape, values: values))
    }
  }
}

/// A regular file open for reading at any offset; closed when it goes out of scope.
private struct ModelFileReader: ~Copyable {
  let path: String
  let count: Int
  private let descriptor: Int32

  init(path: String) throws(ModelFileError) {
    // O_NONBLOCK: opening a FIFO must not wait for a writer that may never come.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .notFound(path: path) : .unreadable(path: path, reason: systemMessage(errno))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      close(descriptor)
      throw .unreadable(path: path, reason: isFolder ? "it is a folder" : "it is not a regular file")
    }
    self.path = path
    self.count = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads `count` elements from byte `offset` on. The caller has checked that the file is long enough.
  func read<Element: BitwiseCopyable>(
    _ type: Element.Type, count: Int, at offset: Int
  ) throws(ModelFileError) -> [Element] {
    var failure: ModelFileError?
    // All empty arrays share the same memory: nothing may be written there.
    if count == 0 { return [] }
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(ModelFileError) {
        // The buffer may be larger than requested.
        let wanted = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
        try fill(UnsafeMutableRawBufferPointer(wanted), at: offset)
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ModelFileError) {
    var done = 0
    while done < buffer.count {
      let read = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, 1 << 30),
        off_t(offset + done))
      if read < 0 && errno == EINTR { continue }
      guard read >= 0 else { throw .unreadable(path: path, reason: systemMessage(errno)) }
      guard read > 0 else {
        throw .damaged(
          path: path, found: "the end of the file at byte \(offset + done)",
          expected: "the \(count) bytes it had when it was opened")
      }
      done += read
    }
  }
}
