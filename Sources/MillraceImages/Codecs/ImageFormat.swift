/// The image file formats that are read.
///
/// A file is what its first bytes say; its name decides nothing. All that there is to know of a format is its codec's, see
/// `ImageCodec`; this is the number by which files that are kept name it.
public struct ImageFormat: Sendable, Hashable, CaseIterable {
  /// What stands for it in packed files, for ever.
  package let number: UInt8

  /// JPEG, as libjpeg reads it.
  public static let jpeg = ImageFormat(pinned: 0)
  /// PNG, as libpng reads it.
  public static let png = ImageFormat(pinned: 1)
  /// WebP, where this was built with libwebp.
  public static let webp = ImageFormat(pinned: 2)
  /// BMP, uncompressed.
  public static let bmp = ImageFormat(pinned: 3)

  private init(pinned number: UInt8) { self.number = number }

  /// The format of a number; nil for one that is no format's.
  package init?(number: UInt8) {
    guard ImageCodecs.known.contains(where: { $0.format.number == number }) else { return nil }
    self.init(pinned: number)
  }

  /// Those that this build reads.
  public static var allCases: [ImageFormat] { ImageCodecs.available.map { $0.format } }

  /// What this build reads, in words: `JPEG, PNG, WebP or BMP`.
  public static let listInWords: String = {
    let names = ImageCodecs.available.map { $0.name }
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }()

  /// The format's name in messages.
  public var name: String { codec.name }

  /// What names of its files end with, in lower case.
  public var fileExtensions: [String] { codec.fileExtensions }

  /// Whether there are files of it that are transparent in places.
  public var canBeTransparent: Bool { codec.canBeTransparent }

  /// Recognises a format by the magic bytes at the start of a file; nil for anything else.
  public init?(sniffing bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 4, let codec = ImageCodecs.available.first(where: { $0.sniffs(bytes) }) else {
      return nil
    }
    self = codec.format
  }

  /// What is known of it.
  var codec: any ImageCodec.Type {
    guard let codec = ImageCodecs.known.first(where: { $0.format == self }) else {
      preconditionFailure("there is no codec of format \(number)")
    }
    return codec
  }
}

extension ImageFormat: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
