/// Why a file is not decoded, or an image not encoded.
///
/// A description is one line without the file's name: whoever knows the name puts it in front.
public enum ImageError: Error, Sendable, Hashable {
  /// The file has no bytes.
  case empty
  /// No image of a format that is read, but of another kind that is known.
  case foreign(ForeignFormat)
  /// Of no known kind; `start` holds the first bytes, at most eight.
  case notAnImage(start: [UInt8])
  /// The data ends, or gives out, before the image does; `reason` in the codec's words.
  case truncated(ImageFormat, reason: String)
  /// The data contradicts the format; `reason` in the codec's words.
  case corrupt(ImageFormat, reason: String)
  /// A sound file of a kind that is not decoded.
  case unsupported(ImageFormat, reason: String)
  /// More pixels than ``DecodeLimits/maxPixels``.
  case tooManyPixels(ImageFormat, size: ImageSize, limit: Int)
  /// More scans than ``DecodeLimits/maxScans``.
  case tooManyScans(limit: Int)
  /// A PNG chunk above ``DecodeLimits/maxChunkBytes``.
  case chunkTooLarge(chunk: String, bytes: Int, limit: Int)
  /// No memory for an image of this size.
  case outOfMemory(ImageFormat, size: ImageSize)
  /// An image whose width or height the format cannot express.
  case notEncodable(ImageFormat, size: ImageSize, limit: Int)
}

extension ImageError: CustomStringConvertible {
  /// What is wrong, what was expected, and what to do.
  public var description: String {
    switch self {
    case .empty:
      return "the file is empty, expected a \(ImageFormat.listInWords) image; restore or remove it"
    case .foreign(let kind):
      return "is \(kind.name), not a \(ImageFormat.listInWords) image; \(kind.cure)"
    case .notAnImage(let start):
      let hex = start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
      return
        "not a \(ImageFormat.listInWords) image (its first bytes are \(hex.joined(separator: " "))); convert or remove it"
    case .truncated(let format, let reason):
      return
        "truncated \(format.name): \(reason); restore the file, or use what is there with --allow-truncated"
    case .corrupt(let format, let reason):
      return "corrupt \(format.name): \(reason); restore or remove the file"
    case .unsupported(let format, let reason):
      return "unsupported \(format.name): \(reason); convert it to an 8-bit baseline JPEG or to PNG"
    case .tooManyPixels(let format, let size, let limit):
      let pixels = size.width.multipliedReportingOverflow(by: size.height)
      let cure = pixels.overflow ? "" : " \(pixels.partialValue)"
      return
        "\(format.name) of \(size.width)×\(size.height), the limit is \(limit) pixels;"
        + " scale it down, or raise the limit with --max-pixels\(cure)"
    case .tooManyScans(let limit):
      return
        "JPEG with more than \(limit) scans; convert it to a baseline JPEG, or raise the limit with --max-scans"
    case .chunkTooLarge(let chunk, let bytes, let limit):
      return
        "PNG with a \(chunk) chunk of \(bytes) bytes, the limit is \(limit);"
        + " strip it, or raise the limit with --max-chunk-bytes \(bytes)"
    case .outOfMemory(let format, let size):
      return
        "no memory for a \(format.name) of \(size.width)×\(size.height);"
        + " scale it down, or lower --max-pixels so that it is refused"
    case .notEncodable(let format, let size, let limit):
      return
        "\(size.width)×\(size.height) is too large for \(format.name), whose sides are at most \(limit) pixels"
    }
  }
}
