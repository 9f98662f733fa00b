import MillraceImages
import MillraceRandom
import Testing

@testable import MillracePipeline

struct PackIndexTests {
  private let index: [UInt8]
  private let dataEnd: UInt64

  init() throws {
    let folder = try TemporaryFolder()
    for number in 0..<6 {
      let pixels = [UInt8](repeating: UInt8(40 * number), count: 40 * 30)
      let image = Image(width: 40, height: 30, channels: .gray, pixels: pixels)
      try folder.file("\(number % 2)/\(number).png", ImageEncoder.png(image))
    }
    let dataset = try Dataset.scan(folder.path)
    let contents = PackContents.pixels(
      CanonicalForm(
        channels: .gray, atLeast: ImageSize(width: 14, height: 14), background: .zero, limits: DecodeLimits())
    )
    let packer = SamplePacker(
      dataset: dataset, contents: contents, directories: ImageInspector.SharedDirectories(dataset),
      limits: DecodeLimits(), maxFileBytes: 1 << 20)
    var builder = PackIndexBuilder(
      source: folder.path, packedFor: "--image-size 7", contents: contents, classes: dataset.classes,
      partCount: 1)
    var end = UInt64(PackIndexBuilder.start.count)
    for sample in 0..<dataset.count {
      let packed = try packer.pack(sample)
      #expect(packed.bytes.count == 20 * 15 && packed.problem == nil)
      end += UInt64(packed.bytes.count)
      builder.add(packed, sample: sample, of: dataset, part: 0)
    }
    dataEnd = end
    index = builder.end().dropLast(MemoryLayout<PackTrailer>.size)
  }

  @Test func anIndexIsReadAsItWasWritten() throws {
    let read = try PackIndex(index, dataEnd: dataEnd)
    #expect(read.classes == ["0", "1"] && read.packedFor == "--image-size 7")
    #expect(read.records.map(\.reduction) == Array(repeating: 2, count: 6))
  }

  @Test func aShortenedIndexIsRefused() {
    for length in 0..<index.count {
      #expect(throws: PackIndex.Damage.self) { try PackIndex(Array(index.prefix(length)), dataEnd: dataEnd) }
    }
    #expect(throws: PackIndex.Damage.self) { try PackIndex(index + [0], dataEnd: dataEnd) }
    #expect(throws: PackIndex.Damage.self) { try PackIndex(index, dataEnd: dataEnd - 1) }
  }

  /// Somebody who can also write the checksum can at most have the wrong images read.
  @Test func nothingInAnIndexLeadsOutOfTheFile() throws {
    var random = KeyedRandom(seed: 8, purpose: .preview)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = index
      for _ in 0..<1 + Int(random.uniform(0, 3)) {
        let place = Int(random.uniform(0, Float(bytes.count)))
        bytes[min(place, bytes.count - 1)] = [0, 1, 0x7F, 0x80, 0xFF][min(4, Int(random.uniform(0, 5)))]
      }
      guard let read = try? PackIndex(bytes, dataEnd: dataEnd) else { continue }
      accepted += 1
      for record in read.records {
        #expect(record.offset + record.length <= dataEnd)
        #expect(Int(record.directory) < read.directories.count && Int(record.nameStart) < read.names.count)
        if record.kind == PackRecord.Kind.pixels.rawValue {
          let size = record.size.reduced(by: Int(record.reduction))
          #expect(UInt64(size.width * size.height) * UInt64(read.head.channels) == record.length)
        }
      }
      for directory in read.directories {
        #expect(Int(directory.pathStart) + Int(directory.pathLength) < read.names.count)
      }
    }
    #expect(accepted > 100)
  }
}
