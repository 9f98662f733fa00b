extension ImageDecoder {
  /// Reads what a file says of itself, without decoding it.
  ///
  /// - Parameter bytes: the whole file, or its start. In a PNG an orientation may lie behind the image data.
  /// - Throws: an ``ImageError`` where the header is missing, cut short or of an unsupported kind.
  public func readHeader(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageHeader {
    switch try Self.format(of: bytes) {
    case .jpeg: return try Self.header(JPEGMarkers(bytes))
    case .png: return try Self.header(PNGChunks(bytes, maxChunkBytes: limits.maxChunkBytes))
    }
  }

  private static func header(_ markers: JPEGMarkers) throws(ImageError) -> ImageHeader {
    guard let frame = markers.frame else {
      throw .truncated(.jpeg, reason: "there is no frame header")
    }
    let model: ImageHeader.ColorModel
    switch markers.components {
    case 1: model = .gray
    case 3: model = .rgb
    case 4: model = .cmyk
    default: throw .unsupported(.jpeg, reason: "it has \(markers.components) components, expected 1, 3 or 4")
    }
    guard markers.size.width > 0, markers.size.height > 0 else {
      throw .corrupt(.jpeg, reason: "its size is \(markers.size.width)×\(markers.size.height)")
    }
    return ImageHeader(
      format: .jpeg, size: markers.orientation.applied(to: markers.size), orientation: markers.orientation,
      colorModel: model, bitDepth: markers.precision, hasAlpha: false,
      isProgressive: frame == 0xC2 || frame == 0xCA)
  }

  private static func header(_ chunks: PNGChunks) throws(ImageError) -> ImageHeader {
    guard chunks.hasHeader else { throw .truncated(.png, reason: "there is no image header") }
    let model: ImageHeader.ColorModel
    switch chunks.colorType {
    case 0, 4: model = .gray
    case 2, 6: model = .rgb
    case 3: model = .palette
    default: throw .corrupt(.png, reason: "its color type is \(chunks.colorType), expected 0, 2, 3, 4 or 6")
    }
    guard chunks.size.width > 0, chunks.size.height > 0 else {
      throw .corrupt(.png, reason: "its size is \(chunks.size.width)×\(chunks.size.height)")
    }
    return ImageHeader(
      format: .png, size: chunks.orientation.applied(to: chunks.size), orientation: chunks.orientation,
      colorModel: model, bitDepth: chunks.bitDepth,
      hasAlpha: chunks.colorType & 4 != 0 || chunks.hasTransparentColor, isProgressive: chunks.isInterlaced)
  }
}
