// These are the parts of a packed file's index. They are stored as they are in memory, in little-endian order and
// without gaps, so an index is read and written in one piece; nothing in it is trusted before ``PackIndex`` has
// checked it.

/// The last bytes of a packed file: the place of its index.
struct PackTrailer: BitwiseCopyable {
  var magic = PackFormat.trailerMagic
  var indexOffset: UInt64 = 0
  var indexLength: UInt64 = 0
  var indexChecksum: UInt32 = 0
  /// The checksum of the bytes before this one.
  var checksum: UInt32 = 0
}

/// The beginning of an index; names, directories and records follow in this order.
struct PackHead: BitwiseCopyable {
  var nameBytes: UInt64 = 0
  var directoryCount: UInt64 = 0
  var recordCount: UInt64 = 0
  var classCount: UInt32 = 0
  /// 1, or 2 where there are validation images.
  var partCount: UInt32 = 0
  /// The sum of the times of change of the folders above those with samples, in nanoseconds since 1970.
  var rootModified: Int64 = 0
  /// The values of a pixel, where pixels are packed; otherwise 0.
  var channels: UInt32 = 0
  /// The red, green and blue behind transparent pixels.
  var background: UInt32 = 0
}

/// A folder that holds samples.
struct PackDirectory: BitwiseCopyable {
  /// The folder's path below the part's root, as a place among the names.
  var pathStart: UInt64
  var pathLength: UInt32
  var label: Int32
  /// The time of change in nanoseconds since 1970.
  var modified: Int64
  var part: UInt32
  var unused: UInt32 = 0
}

/// A sample: the place of its bytes, and the state of its file when it was packed.
struct PackRecord: BitwiseCopyable {
  /// What the bytes of a sample are.
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
  /// A number that images of one group share; older files have the length of other pixels here. See ``hasGroup``.
  var group: UInt64 = 0
  var sourceSize: UInt64 = 0
  /// The time of change in nanoseconds since 1970.
  var sourceModified: Int64 = 0
  var directory: UInt32 = 0
  var checksum: UInt32 = 0
  /// The bits of ``weight``; older files have the checksum of other pixels here. See ``hasWeight``.
  var weightBits: UInt32 = 0
  /// The size of the upright image before reduction, in pixels.
  var width: UInt32 = 0
  var height: UInt32 = 0
  var warnings: UInt32 = 0
  var kind: UInt8 = 0
  /// The number of the `ImageFormat`.
  var format: UInt8 = 0
  var orientation: UInt8 = 1
  var reduction: UInt8 = 1
  /// Whether the images were grouped when they were packed: 1 if so. Then an image with group 0 stands alone.
  var hasGroup: UInt8 = 0
  /// Whether ``weightBits`` says how much the image counts in training: 1 if so.
  var hasWeight: UInt8 = 0
  var unused: (UInt8, UInt8) = (0, 0)

  /// How much the image counts in training; 1 where nothing is said.
  var weight: Float { hasWeight == 1 ? Float(bitPattern: weightBits) : 1 }
}

/// The marks of a packed file.
enum PackFormat {
  /// The first bytes.
  static let magic = Array("MILLRACE PACK 1\n".utf8)
  /// "MRPKEND1", the lowest byte first.
  static let trailerMagic: UInt64 = 0x3144_4E45_4B50_524D
}
