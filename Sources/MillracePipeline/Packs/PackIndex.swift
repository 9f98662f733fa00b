import MillraceImages

/// The index of a packed file, checked: every number in it refers to something that exists.
struct PackIndex: Sendable {
  let head: PackHead
  /// The folder that was packed, the settings of its pixels, the classes, then all other names; each ends with a
  /// zero.
  let names: [UInt8]
  let directories: [PackDirectory]
  let records: [PackRecord]
  /// The absolute path of the folder that was packed.
  let source: String
  /// The flags for which the pixels were made, in words; empty where files are packed.
  let packedFor: String
  let classes: [String]

  /// Reads and checks an index.
  ///
  /// - Parameters:
  ///   - bytes: The bytes of the whole index.
  ///   - dataEnd: The offset in the file where the images end.
  /// - Throws: What is wrong, in words.
  init(_ bytes: [UInt8], dataEnd: UInt64) throws(Damage) {
    var reader = Reader(bytes: bytes)
    head = try reader.take(1)[0]
    names = try reader.take(head.nameBytes)
    directories = try reader.take(head.directoryCount)
    records = try reader.take(head.recordCount)
    guard reader.isAtEnd else { throw Damage("the index has another length than its counts say") }
    guard names.last == 0 || names.isEmpty else { throw Damage("the last name has no end") }
    guard [1, 2].contains(head.partCount), [0, 1, 3].contains(head.channels) else {
      throw Damage("the index is of no known form")
    }

    guard head.classCount <= head.nameBytes else { throw Damage("names are missing") }
    let texts = try Self.texts(2 + Int(head.classCount), of: names)
    source = texts[0]
    packedFor = texts[1]
    classes = Array(texts[2...])

    for directory in directories {
      let (end, overflow) = directory.pathStart.addingReportingOverflow(UInt64(directory.pathLength))
      guard !overflow, end < head.nameBytes, names[Int(end)] == 0,
        (0..<Int(head.classCount)).contains(Int(directory.label)), directory.part < head.partCount
      else { throw Damage("a folder of the index leads nowhere") }
    }
    for record in records { try check(record, dataEnd: dataEnd) }
  }

  /// The texts at the beginning of the names.
  private static func texts(_ count: Int, of names: [UInt8]) throws(Damage) -> [String] {
    var texts: [String] = []
    var start = 0
    while texts.count < count {
      guard let end = names[start...].firstIndex(of: 0) else { throw Damage("names are missing") }
      texts.append(String(decoding: names[start..<end], as: UTF8.self))
      start = end + 1
    }
    return texts
  }

  /// Checks that a record's bytes are inside the file, and are as many as its pixels need.
  private func check(_ record: PackRecord, dataEnd: UInt64) throws(Damage) {
    let (end, overflow) = record.offset.addingReportingOverflow(record.length)
    guard !overflow, end <= dataEnd, record.nameStart < head.nameBytes,
      record.directory < head.directoryCount, let kind = PackRecord.Kind(rawValue: record.kind)
    else { throw Damage("an image of the index leads nowhere") }
    guard record.weight > 0, record.weight.isFinite else {
      throw Damage("an image of the index has a weight that is not a number above 0")
    }
    guard kind == .pixels else { return }
    guard record.width > 0, record.height > 0, ImageFormat(number: record.format) != nil,
      ExifOrientation(rawValue: record.orientation) != nil,
      byteCount(record) == record.length
    else { throw Damage("an image of the index has another size than its pixels") }
  }

  /// The bytes that reduced pixels take; nil for a reduction that does not exist.
  private func byteCount(_ record: PackRecord) -> UInt64? {
    guard [1, 2, 4, 8].contains(record.reduction), head.channels > 0 else { return nil }
    let size = record.size.reduced(by: Int(record.reduction))
    let (pixels, overflow) = UInt64(size.width).multipliedReportingOverflow(by: UInt64(size.height))
    return overflow || pixels > UInt64(1) << 40 ? nil : pixels * UInt64(head.channels)
  }

  /// What is wrong with an index, in words.
  struct Damage: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Takes arrays from the front of some bytes.
  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    mutating func take<Element: BitwiseCopyable>(_ count: UInt64) throws(Damage) -> [Element] {
      let left = UInt64(bytes.count - offset)
      guard count <= left / UInt64(MemoryLayout<Element>.stride) else {
        throw Damage("the index is cut short")
      }
      // All empty arrays share the same memory: nothing may be written there.
      if count == 0 { return [] }
      let start = offset
      offset += Int(count) * MemoryLayout<Element>.stride
      return bytes.withUnsafeBytes { bytes in
        [Element](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
          initialized = Int(count)
        }
      }
    }
  }
}

extension PackRecord {
  /// The size of the upright image before reduction.
  var size: ImageSize { ImageSize(width: Int(width), height: Int(height)) }
}
