import MillracePipeline

/// This adds a checksum of all that a file holds to its metadata; other readers of the format take it for any other
/// text.
extension SafetensorsFile {
  static let checksumKey = "millrace.crc32"

  /// The same contents with their checksum.
  package func sealed() -> SafetensorsFile {
    var result = self
    result.metadata[Self.checksumKey] = contentChecksum
    return result
  }

  /// Whether there is a checksum.
  package var isSealed: Bool { metadata[Self.checksumKey] != nil }

  /// Checks the contents against their checksum, where there is one.
  ///
  /// - Parameter path: The file they come from, for the message.
  func checkSeal(path: String) throws(ModelFileError) {
    guard let expected = metadata[Self.checksumKey] else { return }
    let found = contentChecksum
    guard found == expected else {
      throw .damaged(
        path: path, found: "contents with the checksum \(found)",
        expected: "\(quotedForMessage(expected)), as its header says")
    }
  }

  /// The checksum over the header as it would be without the checksum, and over the tensors' bytes.
  private var contentChecksum: String {
    var plain = metadata
    plain[Self.checksumKey] = nil
    let ordered = alignedTensors
    var checksum = Checksum()
    checksum.add(SafetensorsHeader(metadata: plain, tensors: ordered).encoded())
    for tensor in ordered { tensor.values.add(to: &checksum) }
    return checksum.description
  }
}

extension SafetensorsFile.Values {
  fileprivate func add(to checksum: inout Checksum) {
    switch self {
    case .float32(let values): checksum.add(values)
    case .float64(let values): checksum.add(values)
    case .int64(let values): checksum.add(values)
    case .int32(let values): checksum.add(values)
    case .uint8(let values): checksum.add(values)
    }
  }
}
