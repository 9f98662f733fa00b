import Foundation
import MillraceImages
import Testing

@testable import MillracePipeline

struct ImageCacheTests {
  private static let count = 12
  private let folder: TemporaryFolder
  private let dataset: Dataset
  private let loading: ImageLoading

  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<Self.count {
      // The images have different sizes, and are large enough that most are reduced.
      let (width, height) = (20 + 7 * number, 90 - 5 * number)
      let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* (number + 3) >> 2) }
      let image = Image(width: width, height: height, channels: .rgb, pixels: pixels)
      try folder.file(
        "\(number % 2)/\(number).png", number % 3 == 0 ? ImageEncoder.jpeg(image) : ImageEncoder.png(image))
    }
    dataset = try Dataset.scan(folder.path)
    loading = ImageLoading(
      preprocessing: try Preprocessing(size: ImageSize(width: 9, height: 8), channels: .rgb),
      policy: try AugmentationPolicy(parsing: "crop:0.4..1, flip:0.5, rotate:20, jitter:0.4"), seed: 4)
  }

  /// Every row of three epochs.
  private func rows(_ cache: ImageCache?, of dataset: Dataset) throws -> [Float] {
    let loader = ImageLoader(dataset: dataset, loading: loading, cache: cache)
    var rows = [Float](repeating: 0, count: 3 * dataset.count * loading.preprocessing.featureCount)
    try rows.withUnsafeMutableBufferPointer { buffer in
      var row = try #require(buffer.baseAddress)
      for epoch in 0..<3 {
        for sample in 0..<dataset.count {
          try loader.load(sample: sample, epoch: epoch, into: row)
          row += loading.preprocessing.featureCount
        }
      }
    }
    return rows
  }

  @Test(arguments: [4_096, 8_192, 1 << 20])
  func rowsAreTheSameBitsWithACacheOfAnySize(capacity: Int) throws {
    let plain = try rows(nil, of: dataset)
    let memory = try #require(CacheMemory(capacity: capacity))
    let cache = ImageCache(dataset: dataset, form: loading.canonicalForm, memory: memory)
    let isSame = try rows(cache, of: dataset) == plain
    #expect(isSame)
    #expect(cache.count > 0)
    #expect(memory.used <= capacity)
    #expect((cache.count == Self.count) == (capacity == 1 << 20))
  }

  @Test func aCachedImageNeedsNoFile() throws {
    let plain = try rows(nil, of: dataset)
    let memory = try #require(CacheMemory(capacity: 1 << 20))
    let cache = ImageCache(dataset: dataset, form: loading.canonicalForm, memory: memory)
    _ = try rows(cache, of: dataset)
    for sample in 0..<dataset.count { try FileManager.default.removeItem(atPath: dataset.path(of: sample)) }
    let isSame = try rows(cache, of: dataset) == plain
    #expect(isSame)
    // Only a loader without a cache finds out that the file is missing.
    #expect(throws: BadSample.self) { try rows(nil, of: dataset) }
  }

  @Test func partsOfADataSetShareACache() throws {
    let parts = StratifiedSplit(fraction: 0.3, seed: 1)(dataset)
    let memory = try #require(CacheMemory(capacity: 1 << 20))
    let cache = ImageCache(dataset: dataset, form: loading.canonicalForm, memory: memory)
    for part in [parts.training, parts.validation] {
      let isSame = try rows(cache, of: part) == rows(nil, of: part)
      #expect(isSame)
    }
    #expect(cache.count == Self.count)
  }

  @Test func badFilesAreFoundOutEachTime() throws {
    try folder.file("1/broken.png", Array("rubbish".utf8))
    let dataset = try Dataset.scan(folder.path)
    let memory = try #require(CacheMemory(capacity: 1 << 20))
    let cache = ImageCache(dataset: dataset, form: loading.canonicalForm, memory: memory)
    for _ in 0..<2 {
      let producer = try MinibatchProducer(
        dataset: dataset, loading: loading, shuffles: true, cache: cache,
        options: MinibatchProducer.Options(batchSize: 5, epochs: 0..<2))
      defer { producer.stop() }
      var skipped: [String] = []
      while let minibatch = try producer.next() {
        skipped += minibatch.skipped.map(\.path)
        producer.release(minibatch)
      }
      #expect(skipped.count == 2 && skipped.allSatisfy { $0.hasSuffix("1/broken.png") })
    }
    #expect(cache.count == Self.count)
  }

  @Test func memoryIsGivenOutOnceAndNotBeyondItsEnd() throws {
    let memory = try #require(CacheMemory(capacity: 10_000))
    var pieces: [UnsafeMutableRawPointer] = []
    while let piece = memory.allocate(100) { pieces.append(piece) }
    #expect(pieces.count == 10_000 / 128)
    #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $1 - $0 == 128 })
    // The end is not at a multiple of the pieces' alignment.
    #expect(memory.allocate(1) == nil && memory.used == 9_984)
    #expect(CacheMemory(capacity: 0) == nil && CacheMemory(capacity: 1 << 60) == nil)
  }
}
