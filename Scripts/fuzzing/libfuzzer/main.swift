// Five libFuzzer targets in one program: the first argument says which, the others are libFuzzer's.
//
//     libfuzzer jpeg|png|webp|bmp|header [-max_total_time=SECONDS] [CORPUS]
import Foundation
import FuzzingSupport
import MillraceImages

@testable import MillraceModels

/// libFuzzer's loop, for programs with a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// A small limit prevents honest images from being taken for slow ones.
nonisolated(unsafe) private let strict = ImageDecoder(limits: DecodeLimits(maxPixels: 1_000_000))
nonisolated(unsafe) private let lenient = ImageDecoder(
  limits: DecodeLimits(maxPixels: 1_000_000, allowTruncated: true))

private func decode(_ bytes: UnsafeRawBufferPointer, as format: ImageFormat) {
  guard ImageFormat(sniffing: bytes) == format else { return }
  let began = processorSeconds()
  defer { precondition(processorSeconds() - began < 3, "three decodes took more than three seconds") }
  _ = try? strict.readHeader(bytes)
  _ = try? strict.decode(bytes, channels: .rgb)
  _ = try? lenient.decode(bytes, channels: .gray, atLeast: ImageSize(width: 8, height: 8))
}

private let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt] = [
  "jpeg": { start, count in
    decode(UnsafeRawBufferPointer(start: start, count: count), as: .jpeg)
    return 0
  },
  "png": { start, count in
    decode(UnsafeRawBufferPointer(start: start, count: count), as: .png)
    // A wrong checksum would hide everything after it.
    var repaired = Array(UnsafeRawBufferPointer(start: start, count: count))
    PNGFile.repairChecksums(&repaired)
    repaired.withUnsafeBytes { decode($0, as: .png) }
    return 0
  },
  "webp": { start, count in
    decode(UnsafeRawBufferPointer(start: start, count: count), as: .webp)
    return 0
  },
  "bmp": { start, count in
    decode(UnsafeRawBufferPointer(start: start, count: count), as: .bmp)
    return 0
  },
  "header": { start, count in
    let json = Array(UnsafeRawBufferPointer(start: start, count: count))
    // Accepted sizes come back unchanged, so the parser and the writer agree.
    if let header = try? SafetensorsHeader(parsing: json, dataCount: 64, path: "fuzzed") {
      let written = Array(header.encoded().dropFirst(SafetensorsHeader.lengthPrefixCount))
      let again = try? SafetensorsHeader(parsing: written, dataCount: 64, path: "fuzzed")
      precondition(again == header, "a header that was read is written as another one")
    }
    return 0
  },
]

guard CommandLine.arguments.count > 1, let target = targets[CommandLine.arguments[1]] else {
  FileHandle.standardError.write(
    Data("usage: libfuzzer jpeg|png|webp|bmp|header [libFuzzer's options]\n".utf8))
  exit(64)
}
// libFuzzer's arguments without the target's name.
let words = CommandLine.arguments.enumerated().filter { $0.offset != 1 }.map { strdup($0.element) }
var count = CInt(words.count)
let storage = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
for (index, word) in words.enumerated() { storage[index] = word }
storage[words.count] = nil
var argv = storage
exit(runFuzzer(&count, &argv, target))
