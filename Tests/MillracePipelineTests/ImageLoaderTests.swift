import Foundation
import MillraceImages
import Testing

@testable import MillracePipeline

struct ImageLoaderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.file("a/0.png", Self.png(level: 51))
    try folder.file("b/0.png", Self.png(level: 204))
  }

  private static func png(level: UInt8, side: Int = 8) -> [UInt8] {
    let pixels = [UInt8](repeating: level, count: side * side)
    return ImageEncoder.png(Image(width: side, height: side, channels: .gray, pixels: pixels))
  }

  private func loader(
    limits: DecodeLimits = DecodeLimits(), maxFileBytes: Int = 1 << 20, openDirectories: Int = 100
  ) throws -> ImageLoader {
    let preprocessing = try Preprocessing(size: ImageSize(width: 4, height: 4), channels: .gray)
    let dataset = try Dataset.scan(folder.path)
    return ImageLoader(
      dataset: dataset,
      loading: ImageLoading(preprocessing: preprocessing, limits: limits, maxFileBytes: maxFileBytes),
      cache: nil, directories: OpenDirectories(dataset, limit: openDirectories))
  }

  private func load(_ loader: ImageLoader, _ sample: Int) throws -> (features: [Float], label: Int32) {
    let minibatch = Minibatch(capacity: 1, featureCount: 16)
    try loader.load(sample: sample, turn: 0, epoch: 0, into: minibatch.row(0))
    return (Array(UnsafeBufferPointer(start: minibatch.features, count: 16)), minibatch.labels[0])
  }

  private func badSample(_ loader: ImageLoader, _ path: String) throws -> BadSample {
    let dataset = loader.dataset
    let sample = try #require((0..<dataset.count).first { dataset.relativePath(of: $0) == path })
    return try #require(throws: BadSample.self) { try load(loader, sample) }
  }

  @Test(arguments: [0, 100])
  func aFileBecomesARow(openDirectories: Int) throws {
    let loader = try loader(openDirectories: openDirectories)
    for (sample, level) in [(0, Float(0.2)), (1, 0.8)] {
      let (features, label) = try load(loader, sample)
      #expect(features.allSatisfy { abs($0 - level) < 1e-5 })
      #expect(label == Int32(sample))
    }
    #expect(loader.lastReport.originalSize == ImageSize(width: 8, height: 8))
    #expect(loader.lastPlan.steps.isEmpty)
    #expect(loader.stageTimes.samples == 2)
  }

  @Test func imagesWithoutLabelsAreLoadedFromWhereverTheyAre() throws {
    let dataset = try Dataset.unlabelled([folder.path + "/b/0.png", folder.path + "/a"])
    let preprocessing = try Preprocessing(size: ImageSize(width: 4, height: 4), channels: .gray)
    for limit in [0, 100] {
      let loader = ImageLoader(
        dataset: dataset, loading: ImageLoading(preprocessing: preprocessing), cache: nil,
        directories: OpenDirectories(dataset, limit: limit))
      for (sample, level) in [(0, Float(0.8)), (1, 0.2)] {
        let (features, label) = try load(loader, sample)
        #expect(abs(features[0] - level) < 1e-5)
        #expect(label == -1)
      }
    }
  }

  @Test func whatABadFileIsSaidWithItsPath() throws {
    try folder.file("a/text.png", Array("hello world".utf8))
    try folder.file("a/empty.png", [])
    try folder.file("a/short.png", Array(Self.png(level: 9).prefix(60)))
    try folder.link("a/gone.png", to: "nowhere")
    let loader = try loader()
    for (name, words) in [
      ("text.png", "not a \(ImageFormat.listInWords)"), ("empty.png", "empty"),
      ("short.png", "truncated PNG"),
      ("gone.png", "No such file"),
    ] {
      let error = try badSample(loader, "a/\(name)")
      #expect(error.path == folder.path + "/a/" + name)
      #expect(error.reason.contains(words), "\(error)")
      #expect(!error.description.contains("\n"))
    }
    // The loader can still be used.
    #expect(try load(loader, 0).label == 0)
  }

  @Test func aFileThatBecameSomethingElseIsBadAndNeverBlocks() throws {
    try folder.files("a/1", "a/2", "a/3")
    let loader = try loader()
    try FileManager.default.removeItem(atPath: folder.path + "/a/1")
    #expect(mkfifo(folder.path + "/a/1", 0o644) == 0)
    try FileManager.default.removeItem(atPath: folder.path + "/a/2")
    try folder.folder("a/2")
    try FileManager.default.removeItem(atPath: folder.path + "/a/3")
    #expect(try badSample(loader, "a/1").reason.contains("not a regular file"))
    #expect(try badSample(loader, "a/2").reason.contains("not a regular file"))
    #expect(try badSample(loader, "a/3").reason.contains("No such file"))
  }

  @Test func aFileThatMayNotBeReadIsBad() throws {
    try folder.file("a/locked.png", Self.png(level: 1))
    #expect(chmod(folder.path + "/a/locked.png", 0) == 0)
    // Root can read everything.
    guard getuid() != 0 else { return }
    #expect(try badSample(loader(), "a/locked.png").reason.contains("Permission denied"))
  }

  @Test(arguments: [0, 100])
  func aNameOfAnyBytesIsReadAndTold(openDirectories: Int) throws {
    folder.rawFile(Array("a/".utf8) + [0xFF, 0x0A, 0x22])
    try folder.folder("a")
    let loader = try loader(openDirectories: openDirectories)
    #expect(try badSample(loader, "a/\\xff\\x0a\"").reason.contains("empty"))
  }

  @Test func aFileAboveTheLimitIsNotRead() throws {
    try folder.file("a/large.png", [UInt8](repeating: 0, count: 5_000))
    let reason = try badSample(loader(maxFileBytes: 4_999), "a/large.png").reason
    #expect(reason.contains("5000 bytes, the limit is 4999"))
    #expect(reason.contains("--max-file-bytes"))
  }

  @Test func decodeLimitsAreKept() throws {
    let reason = try badSample(loader(limits: DecodeLimits(maxPixels: 63)), "a/0.png").reason
    #expect(reason.contains("8×8"))
  }

  @Test func aFileLargerThanTheBufferIsReadWhole() throws {
    let file = folder.path + "/large"
    let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try folder.file("large", content)
    let reader = FileReader(maxBytes: 1 << 20)
    for _ in 0..<2 {
      let bytes = try reader.read(open(file, O_RDONLY))
      #expect(Array(bytes) == content)
    }
  }

  @Test func theDecodeKeepsWhatTheTightestCropNeeds() throws {
    let preprocessing = try Preprocessing(size: ImageSize(width: 10, height: 20), channels: .rgb)
    #expect(ImageLoading(preprocessing: preprocessing).decodedSize == ImageSize(width: 10, height: 20))
    let policy = try AugmentationPolicy(parsing: "crop:0.25..1")
    let size = ImageLoading(preprocessing: preprocessing, policy: policy).decodedSize
    #expect(size.width >= 20 && size.height >= 40)
  }

  @Test func trainingAndEvaluationSeeTheSamePixelsOfWhatIsNotDrawn() throws {
    // This is fine detail, which another reduction by 2 would remove.
    let pixels = (0..<128 * 128).map { UInt8(truncatingIfNeeded: ($0 / 128 ^ $0) &* 37) }
    try folder.file(
      "a/0.png", ImageEncoder.png(Image(width: 128, height: 128, channels: .gray, pixels: pixels)))
    let policy = try AugmentationPolicy(parsing: "crop:scale=0.2..0.3;p=0, flip:p=0")
    #expect(policy.magnification > 2)
    func row(_ policy: AugmentationPolicy, magnification: Float) throws -> [Float] {
      let preprocessing = try Preprocessing(
        size: ImageSize(width: 16, height: 16), channels: .gray, magnification: magnification)
      let loader = ImageLoader(
        dataset: try Dataset.scan(folder.path),
        loading: ImageLoading(preprocessing: preprocessing, policy: policy))
      var row = [Float](repeating: .nan, count: 256)
      try row.withUnsafeMutableBufferPointer { try loader.load(sample: 0, epoch: 0, into: $0.baseAddress!) }
      return row
    }
    let trained = try row(policy, magnification: policy.magnification)
    #expect(try row(.none, magnification: policy.magnification) == trained)
    // An older model does not say how much larger its images were decoded.
    #expect(try row(.none, magnification: 1) != trained)
  }

  @Test func theDrawsOfASampleDoNotDependOnTheOthers() throws {
    func rows() throws -> [Float] {
      let dataset = try Dataset.scan(folder.path)
      let preprocessing = try Preprocessing(size: ImageSize(width: 4, height: 4), channels: .gray)
      let policy = try AugmentationPolicy(parsing: "rotate:30, brightness:0.5, noise:0.1")
      let loader = ImageLoader(
        dataset: dataset, loading: ImageLoading(preprocessing: preprocessing, policy: policy, seed: 3))
      var row = [Float](repeating: .nan, count: 16)
      let sample = try #require((0..<dataset.count).first { dataset.relativePath(of: $0) == "b/0.png" })
      try row.withUnsafeMutableBufferPointer {
        try loader.load(sample: sample, epoch: 2, into: $0.baseAddress!)
      }
      return row
    }
    let alone = try rows()
    // The earlier sample goes bad, and others come before and after it.
    try folder.file("a/0.png", [1, 2, 3])
    try folder.file("a/00.png", Self.png(level: 40))
    try folder.file("aa/0.png", Self.png(level: 40))
    try folder.file("b/1.png", Self.png(level: 9))
    try folder.file("c/0.png", Self.png(level: 90))
    #expect(try rows() == alone)
  }
}
