/// The number of values of a pixel.
public enum Channels: Int, Sendable, Codable, CaseIterable {
  case gray = 1
  case rgb = 3

  /// The word that flags and configuration files use.
  public var name: String { self == .gray ? "gray" : "rgb" }
}

/// A width and a height in pixels.
public struct ImageSize: Hashable, Sendable {
  /// The columns, in pixels.
  public var width: Int
  /// The rows, in pixels.
  public var height: Int

  /// Makes a size.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

/// An 8-bit image: rows from top to bottom, pixels from left to right, channels interleaved.
///
/// `pixels.count == width * height * channels.rawValue`.
public struct Image: Hashable, Sendable {
  /// The columns, in pixels.
  public let width: Int
  /// The rows, in pixels.
  public let height: Int
  /// The number of values of a pixel.
  public let channels: Channels
  /// The bytes.
  public var pixels: [UInt8]

  /// Makes an image from its pixels.
  public init(width: Int, height: Int, channels: Channels, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * channels.rawValue,
      "a \(width)×\(height) \(channels.name) image needs \(width * height * channels.rawValue) bytes, got \(pixels.count)"
    )
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Lends the pixels for the duration of a call. The view must not escape.
  public func withView<Result>(_ body: (ImageView) throws -> Result) rethrows -> Result {
    try pixels.withUnsafeBufferPointer { bytes in
      // An image has at least one pixel, so there is a base address.
      try body(ImageView(base: bytes.baseAddress!, width: width, height: height, channels: channels))
    }
  }
}

/// A borrowed image, which is valid only as long as its lender says.
///
/// `base` points to `width * height * channels` bytes laid out as in ``Image``; rows follow each other without
/// padding.
public struct ImageView {
  /// The first element.
  public let base: UnsafePointer<UInt8>
  /// The columns, in pixels.
  public let width: Int
  /// The rows, in pixels.
  public let height: Int
  /// The number of values of a pixel.
  public let channels: Channels

  /// Views some bytes.
  public init(base: UnsafePointer<UInt8>, width: Int, height: Int, channels: Channels) {
    self.base = base
    self.width = width
    self.height = height
    self.channels = channels
  }

  /// A copy that outlives the loan.
  public func copy() -> Image {
    let count = width * height * channels.rawValue
    return Image(
      width: width, height: height, channels: channels,
      pixels: Array(UnsafeBufferPointer(start: base, count: count)))
  }
}
