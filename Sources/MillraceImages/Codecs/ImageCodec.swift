internal import CImageCodecs

/// An image file format: how its files are recognised, what they say of themselves, and how they are decoded.
///
/// A new one is a type, its line in ``ImageCodecs/known``, and its function in `CImageCodecs`.
protocol ImageCodec: SendableMetatype {
  /// The number by which kept files name it.
  static var format: ImageFormat { get }
  /// The name in messages.
  static var name: String { get }
  /// What names of its files end with, in lower case.
  static var fileExtensions: [String] { get }
  /// Whether this build can decode it.
  static var isAvailable: Bool { get }
  /// Whether there are files of it that are transparent in places.
  static var canBeTransparent: Bool { get }
  /// Whether it reduces images while it decodes; others are reduced by box average.
  static var reducesWhileDecoding: Bool { get }

  /// Whether a file of at least four bytes begins as its files do.
  static func sniffs(_ bytes: UnsafeRawBufferPointer) -> Bool

  /// What a file says of itself.
  ///
  /// - Parameter bytes: The whole file, or its start.
  /// - Throws: An ``ImageError`` where the header is missing, cut short or of an unsupported kind.
  static func header(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(ImageError)
    -> ImageHeader

  /// Finds how a file is turned, and refuses what is not to be decoded.
  static func prepare(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
  ) throws(ImageError) -> ExifOrientation

  /// Decodes a file, in C.
  static func decode(
    _ decoder: OpaquePointer, _ start: UnsafePointer<UInt8>?, _ count: Int,
    _ options: UnsafePointer<cimage_decode_options>
  ) -> cimage_decoded
}

extension ImageCodec {
  static var isAvailable: Bool { true }
  static var reducesWhileDecoding: Bool { false }
}

/// Every codec there is.
enum ImageCodecs {
  /// In the order in which files are compared with them.
  static let known: [any ImageCodec.Type] = [
    JPEGCodec.self, PNGCodec.self, WebPCodec.self, BMPCodec.self,
  ]
  /// Those that this build can decode with.
  static let available = known.filter { $0.isAvailable }
}
