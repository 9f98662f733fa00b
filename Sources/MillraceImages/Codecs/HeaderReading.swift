extension ImageDecoder {
  /// Reads what a file says of itself, without decoding it.
  ///
  /// - Parameter bytes: the whole file, or its start. In a PNG or a WebP an orientation may lie behind the image data.
  /// - Throws: an ``ImageError`` where the header is missing, cut short or of an unsupported kind.
  package func readHeader(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageHeader {
    try Self.format(of: bytes).codec.header(bytes, limits)
  }
}
