/// What the headers of a BMP file say (Microsoft, "Bitmap Header Types", Windows GDI).
///
/// The decoder reads them again; this finds the size without the pixels.
struct BMPHeader {
  /// Bytes of the header after that of the file: 12 of the oldest kind, else at least 40.
  let length: Int
  let width: Int
  let height: Int
  let bitDepth: Int
  /// Whether pixels have an alpha channel.
  let hasAlpha: Bool

  /// Reads the headers; nil where they are cut short.
  init?(_ file: UnsafeRawBufferPointer) {
    let bytes = ByteReader(file)
    func number32(_ offset: Int) -> Int? { bytes.bigEndian32(at: offset).map { Int($0.byteSwapped) } }
    func number16(_ offset: Int) -> Int? { bytes.bigEndian16(at: offset).map { Int($0.byteSwapped) } }
    guard let length = number32(14) else { return nil }
    self.length = length
    if length == Self.coreLength {
      guard let width = number16(18), let height = number16(20), let bits = number16(24) else { return nil }
      (self.width, self.height, bitDepth, hasAlpha) = (width, height, bits, false)
      return
    }
    guard let width = number32(18), let height = number32(22), let bits = number16(28),
      let compression = number32(30), bytes.byte(at: 53) != nil
    else { return nil }
    self.width = Int(Int32(truncatingIfNeeded: width))
    // Below zero: the rows begin at the top.
    self.height = abs(Int(Int32(truncatingIfNeeded: height)))
    bitDepth = bits
    let alpha = length >= 56 || compression == Self.alphaMasks ? number32(66) ?? 0 : 0
    hasAlpha = alpha != 0 && (compression == Self.masks || compression == Self.alphaMasks)
  }

  static let coreLength = 12
  private static let masks = 3
  private static let alphaMasks = 6
}
