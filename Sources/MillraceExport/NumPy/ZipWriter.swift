import MillraceModels
import MillracePipeline

/// A zip archive of uncompressed members, which comes to be whole or not at all. No member has a time, so the same
/// members give the same bytes.
///
/// Source: PKWARE, "APPNOTE.TXT: .ZIP File Format Specification", 6.3.10; without the extension to 64 bits.
struct ZipWriter: ~Copyable {
  /// Sizes and offsets have 32 bits, of which the largest value is reserved.
  static let byteLimit = Int(UInt32.max) - 1

  private var file: DurableFile
  private var directory: [UInt8] = []
  private var memberCount = 0
  private var offset = 0

  /// Begins the archive.
  init(path: String) throws(FileError) {
    file = try DurableFile(replacing: path)
  }

  /// Adds a member.
  ///
  /// - Parameters:
  ///   - name: Its name, unique in the archive.
  ///   - contents: Its bytes.
  mutating func add(_ name: String, _ contents: [UInt8]) throws {
    var checksum = Checksum()
    checksum.add(contents)
    let nameBytes = Array(name.utf8)
    // What the header before the member and the entry in the directory have in common.
    var common: [UInt8] = []
    common.append(20, width: 2)  // the version needed: 2.0
    common.append(0x0800, width: 2)  // names are UTF-8
    common.append(0, width: 2)  // stored
    common.append(0x0021_0000, width: 4)  // 1980-01-01, 0:00, the first moment that there is
    common.append(Int(checksum.value), width: 4)
    common.append(contents.count, width: 4)
    common.append(contents.count, width: 4)
    common.append(nameBytes.count, width: 2)
    common.append(0, width: 2)  // extra fields

    var header: [UInt8] = []
    header.append(0x0403_4B50, width: 4)
    header += common + nameBytes

    directory.append(0x0201_4B50, width: 4)
    directory.append(20, width: 2)  // the version made by
    directory += common
    directory.append(0, width: 2)  // comment
    directory.append(0, width: 2)  // disk
    directory.append(0, width: 2)  // internal attributes
    directory.append(0, width: 4)  // external attributes
    directory.append(offset, width: 4)
    directory += nameBytes

    memberCount += 1
    offset += header.count + contents.count
    let total = offset + directory.count + 22
    guard total <= Self.byteLimit else {
      throw ExportError.tooLarge(format: .npz, byteCount: total, limit: Self.byteLimit)
    }
    try file.write(header)
    try file.write(contents)
  }

  /// Writes the directory and moves the archive to its path.
  consuming func finish() throws(FileError) {
    precondition(memberCount < 0xFFFF, "an archive holds at most 65534 members, got \(memberCount)")
    var end: [UInt8] = []
    end.append(0x0605_4B50, width: 4)
    end.append(0, width: 2)  // this disk
    end.append(0, width: 2)  // the directory's disk
    end.append(memberCount, width: 2)
    end.append(memberCount, width: 2)
    end.append(directory.count, width: 4)
    end.append(offset, width: 4)
    end.append(0, width: 2)  // comment
    try file.write(directory + end)
    try file.commit()
  }
}

extension [UInt8] {
  /// Appends the low bytes of a number, the lowest first.
  fileprivate mutating func append(_ value: Int, width: Int) {
    for i in 0..<width { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}
