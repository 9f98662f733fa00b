import FuzzingSupport
import MillraceImages

/// Decodes damaged files and keeps the score.
final class Trial {
  /// The number of trials of each mutation.
  private(set) var done: [Mutation: Int] = [:]
  private(set) var counts: [String: Int] = [:]
  private(set) var slowest: (seconds: Double, what: String) = (0, "")
  private(set) var failures: [String] = []
  private var originals: [String: Image] = [:]

  // An honest decoder needs less than a second for twenty million pixels, also with the sanitizers.
  private let strict = ImageDecoder(limits: DecodeLimits(maxPixels: 20_000_000))
  private let lenient = ImageDecoder(limits: DecodeLimits(maxPixels: 2_000_000, allowTruncated: true))

  /// Decodes a damaged file as training would, and as `--allow-truncated` would, and reads the header.
  func run(_ bytes: [UInt8], of seed: Seed, _ mutation: Mutation) throws {
    let what = "\(mutation) \(done[mutation, default: 0]) of \(seed.name)"
    done[mutation, default: 0] += 1
    let began = processorSeconds()
    let outcome = decode(strict, bytes, .rgb, nil)
    let between = processorSeconds()
    _ = decode(lenient, bytes, .gray, ImageSize(width: 9, height: 9))
    _ = try? bytes.withUnsafeBytes { try strict.readHeader($0) }
    let seconds = max(between - began, processorSeconds() - between)
    if seconds > slowest.seconds { slowest = (seconds, what) }
    if seconds > 1 { failures.append("\(what): took \(seconds) s") }

    let isClean: Bool
    switch outcome {
    case .failure(let error):
      counts[Self.name(error), default: 0] += 1
      isClean = false
    case .success:
      counts[strict.lastReport.warnings > 0 ? "decoded with warnings" : "decoded", default: 0] += 1
      isClean = strict.lastReport.warnings == 0
    }
    // Padding may be lost without a trace: then all pixels are there.
    if isClean, mutation == .missingEntropyData, try outcome.get() != original(seed) {
      failures.append("\(what): data is missing, and the decoder says nothing")
    }
    if mutation == .truncation, bytes.count < seed.bytes.count, case .success = outcome {
      failures.append("\(what): cut short, and decoded")
    }
  }

  private func decode(
    _ decoder: ImageDecoder, _ bytes: [UInt8], _ channels: Channels, _ atLeast: ImageSize?
  ) -> Result<Image, ImageError> {
    // The memory has exactly this size, so that the sanitizer sees the first byte read beyond its end.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return Result { () throws(ImageError) in
      try decoder.decode(UnsafeRawBufferPointer(copy), channels: channels, atLeast: atLeast).copy()
    }
  }

  private func original(_ seed: Seed) throws -> Image {
    if let known = originals[seed.name] { return known }
    let image = try decode(ImageDecoder(), seed.bytes, .rgb, nil).get()
    originals[seed.name] = image
    return image
  }

  private static func name(_ error: ImageError) -> String {
    switch error {
    case .empty: "empty"
    case .notAnImage, .foreign: "no image"
    case .truncated: "truncated"
    case .corrupt: "corrupt"
    case .unsupported: "unsupported"
    case .tooManyPixels, .tooManyScans, .chunkTooLarge: "above a limit"
    case .outOfMemory: "out of memory"
    case .notEncodable: "not encodable"
    }
  }
}
