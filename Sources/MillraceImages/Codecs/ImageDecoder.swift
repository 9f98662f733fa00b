internal import CImageCodecs

/// Decodes JPEG, PNG, WebP and BMP files to 8-bit gray or RGB, upright, reduced as far as the caller can do with.
///
/// One decoder serves one thread. It owns its buffers and reuses them: once it has met the largest image, a
/// decode allocates nothing beyond what libjpeg, libpng and libwebp do inside.
///
/// What arrives is the same for the same file, limits and arguments, whatever was decoded before:
/// - JPEG: baseline, extended, progressive, Huffman or arithmetic; gray, YCbCr, RGB, CMYK, YCCK. Gray is
///   decoded straight from Y. Arithmetic coding cannot show that data is missing, so it always counts as a warning.
/// - PNG: every bit depth and color type. 16 bits are rounded to 8, transparent pixels show the background,
///   `gAMA` and color profiles are not applied.
/// - WebP: lossy, lossless, with alpha, and the first frame of an animation; color profiles are not applied.
/// - BMP: 1 to 32 bits a pixel, palettes and masks, either order of rows; not run-length encoded.
/// - Colors turn gray by Rec. 601 luma. The EXIF orientation is applied; a broken one is ignored.
package final class ImageDecoder {
  /// What a file may cost.
  package let limits: DecodeLimits
  /// What transparent pixels show: red, green, blue.
  package let background: SIMD3<UInt8>

  /// What the last successful decode met; its sizes are zero before the first.
  package private(set) var lastReport = DecodeReport(
    format: .png, originalSize: ImageSize(width: 0, height: 0), reduction: 1, orientation: .upright,
    warnings: 0, isTruncated: false)

  private let codec: OpaquePointer
  private var boxReduction = BoxReduction()
  private var reduced = ReusedBuffer<UInt8>()
  private var turned = ReusedBuffer<UInt8>()

  /// Makes a decoder.
  package init(limits: DecodeLimits = DecodeLimits(), background: SIMD3<UInt8> = .zero) {
    guard let codec = cimage_decoder_create() else {
      fatalError("no memory for an image decoder of less than a kilobyte")
    }
    self.codec = codec
    self.limits = limits
    self.background = background
  }

  deinit { cimage_decoder_destroy(codec) }

  /// Decodes a file that lies in memory.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - channels: what the output has.
  ///   - atLeast: the smallest upright size that will do, or nil for full size. The image is reduced by the
  ///     largest of 1, 2, 4 and 8 that leaves both sides, `ceil(side / reduction)`, at least this long; an
  ///     image that is smaller to begin with comes in full size. JPEG is reduced in the DCT domain, others
  ///     by box average.
  /// - Returns: the upright image, valid until this decoder's next decode.
  /// - Throws: an ``ImageError``. The decoder can be used on.
  package func decode(
    _ bytes: UnsafeRawBufferPointer, channels: Channels, atLeast: ImageSize? = nil
  ) throws(ImageError) -> ImageView {
    let format = try Self.format(of: bytes)
    return try decode(bytes, format, format.codec.prepare(bytes, limits), channels, atLeast)
  }

  private func decode(
    _ bytes: UnsafeRawBufferPointer, _ format: ImageFormat, _ orientation: ExifOrientation,
    _ channels: Channels, _ atLeast: ImageSize?
  ) throws(ImageError) -> ImageView {
    // The size that will do, as the file stores it.
    let enough = atLeast.map(orientation.applied(to:))
    let decoded = call(format, bytes, channels, enough)
    guard decoded.status == .CIMAGE_STATUS_OK, let pixels = decoded.pixels else {
      throw error(decoded, format)
    }

    var view = ImageView(
      base: pixels, width: Int(decoded.output_width), height: Int(decoded.output_height), channels: channels)
    var reduction = Int(decoded.reduction)
    if !format.codec.reducesWhileDecoding, let enough {
      reduction = ImageSize(width: view.width, height: view.height).reduction(leaving: enough)
      if reduction > 1 { view = reduce(view, by: reduction) }
    }
    if orientation != .upright { view = turnUpright(view, orientation) }

    let storedSize = ImageSize(width: Int(decoded.width), height: Int(decoded.height))
    lastReport = DecodeReport(
      format: format, originalSize: orientation.applied(to: storedSize), reduction: reduction,
      orientation: orientation, warnings: Int(decoded.warnings), isTruncated: decoded.truncated != 0)
    return view
  }

  /// The format by the magic bytes.
  static func format(of bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageFormat {
    if let format = ImageFormat(sniffing: bytes) { return format }
    if bytes.isEmpty { throw .empty }
    if let foreign = ForeignFormat(sniffing: bytes) { throw .foreign(foreign) }
    throw .notAnImage(start: Array(bytes.prefix(8)))
  }

  // MARK: The call into C

  private func call(
    _ format: ImageFormat, _ bytes: UnsafeRawBufferPointer, _ channels: Channels, _ enough: ImageSize?
  ) -> cimage_decoded {
    var options = cimage_decode_options()
    options.channels = Int32(channels.rawValue)
    if let enough {
      options.min_width = UInt32(clamping: max(enough.width, 1))
      options.min_height = UInt32(clamping: max(enough.height, 1))
    }
    options.background = (background.x, background.y, background.z)
    options.max_pixels = UInt64(limits.maxPixels)
    options.max_scans = UInt32(clamping: limits.maxScans)
    options.max_chunk_bytes = UInt64(limits.maxChunkBytes)
    options.allow_truncated = limits.allowTruncated ? 1 : 0
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    return format.codec.decode(codec, start, bytes.count, &options)
  }

  private func error(_ decoded: cimage_decoded, _ format: ImageFormat) -> ImageError {
    let size = ImageSize(width: Int(decoded.width), height: Int(decoded.height))
    let reason = decoded.message.map { String(cString: $0) } ?? "unknown reason"
    switch decoded.status {
    case .CIMAGE_STATUS_TRUNCATED: return .truncated(format, reason: reason)
    case .CIMAGE_STATUS_OK, .CIMAGE_STATUS_CORRUPT: return .corrupt(format, reason: reason)
    case .CIMAGE_STATUS_UNSUPPORTED: return .unsupported(format, reason: reason)
    case .CIMAGE_STATUS_TOO_MANY_PIXELS: return .tooManyPixels(format, size: size, limit: limits.maxPixels)
    case .CIMAGE_STATUS_TOO_MANY_SCANS: return .tooManyScans(limit: limits.maxScans)
    case .CIMAGE_STATUS_OUT_OF_MEMORY: return .outOfMemory(format, size: size)
    }
  }

  // MARK: After the codec

  private func reduce(_ view: ImageView, by factor: Int) -> ImageView {
    let size = ImageSize(width: view.width, height: view.height).reduced(by: factor)
    let out = reduced.reserve(size.width * size.height * view.channels.rawValue)
    boxReduction.reduce(view, by: factor, into: out)
    return ImageView(base: out, width: size.width, height: size.height, channels: view.channels)
  }

  private func turnUpright(_ view: ImageView, _ orientation: ExifOrientation) -> ImageView {
    let out = turned.reserve(view.width * view.height * view.channels.rawValue)
    Uprighting.turn(view, by: orientation, into: out)
    let size = orientation.applied(to: ImageSize(width: view.width, height: view.height))
    return ImageView(base: out, width: size.width, height: size.height, channels: view.channels)
  }
}
