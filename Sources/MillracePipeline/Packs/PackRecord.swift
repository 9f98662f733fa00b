// What a packed file's index is made of. Everything lies in the file as in memory, in little-endian order and without
// gaps, so an index is read and written in one piece; nothing of it is believed before ``PackIndex`` has checked it.

/// The last bytes of a packed file: where its index is.
struct PackTrailer: BitwiseCopyable {
  var magic = PackFormat.trailerMagic
  var indexOffset: UInt64 = 0
  var indexLength: UInt64 = 0
  var indexChecksum: UInt32 = 0
  /// Of what comes before it.
  var checksum: UInt32 = 0
}

/// What an index begins with; names, directories and records follow in this order.
struct PackHead: BitwiseCopyable {
  var nameBytes: UInt64 = 0
  var directoryCount: UInt64 = 0
  var recordCount: UInt64 = 0
  var classCount: UInt32 = 0
  /// 1, or 2 where there are images to validate on.
  var partCount: UInt32 = 0
  /// Of the folders above those with samples: the sum of their times of change, in nanoseconds since 1970.
  var rootModified: Int64 = 0
  /// Values a pixel, where pixels are packed; otherwise 0.
  var channels: UInt32 = 0
  /// Red, green, blue behind transparent pixels.
  var background: UInt32 = 0
}

/// A folder with samples in it.
struct PackDirectory: BitwiseCopyable {
  /// Its path below the part's root, among the names.
  var pathStart: UInt64
  var pathLength: UInt32
  var label: Int32
  /// In nanoseconds since 1970.
  var modified: Int64
  var part: UInt32
  var unused: UInt32 = 0
}

/// A sample: where its bytes are, and what its file was like when it was packed.
struct PackRecord: BitwiseCopyable {
  /// What the bytes are.
  enum Kind: UInt8 {
    /// The file as it was.
    case file = 0
    /// Canonical pixels.
    case pixels = 1
    /// The reason why the file could not be read.
    case unreadable = 2
  }

  var nameStart: UInt64 = 0
  var offset: UInt64 = 0
  var length: UInt64 = 0
  /// Of the images that belong together, the same number; older files have the length of other pixels there. See
  /// ``hasGroup``.
  var group: UInt64 = 0
  var sourceSize: UInt64 = 0
  /// In nanoseconds since 1970.
  var sourceModified: Int64 = 0
  var directory: UInt32 = 0
  var checksum: UInt32 = 0
  /// Older files have the checksum of other pixels there.
  var unusedChecksum: UInt32 = 0
  /// Of the upright image before reduction, in pixels.
  var width: UInt32 = 0
  var height: UInt32 = 0
  var warnings: UInt32 = 0
  var kind: UInt8 = 0
  /// The number of the `ImageFormat`.
  var format: UInt8 = 0
  var orientation: UInt8 = 1
  var reduction: UInt8 = 1
  /// Whether the images were grouped when they were packed: 1 if so. A group of 0 then stands alone.
  var hasGroup: UInt8 = 0
  var unused: (UInt8, UInt8, UInt8) = (0, 0, 0)
}

/// What identifies a packed file.
enum PackFormat {
  /// The first bytes.
  static let magic = Array("MILLRACE PACK 1\n".utf8)
  /// "MRPKEND1", the lowest byte first.
  static let trailerMagic: UInt64 = 0x3144_4E45_4B50_524D
}
