import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct DatasetPackerTests {
  private let folder: ImageFolder
  private let output: TemporaryFolder

  init() throws {
    folder = try ImageFolder(countPerClass: 10, side: 40)
    output = try TemporaryFolder()
    // There are bad images, and one of another size that only warns.
    let image = ImageFolder.draw(label: 0, of: 3, number: 700, side: 24, channels: .rgb)
    for kind in CorruptFile.allCases { try kind.put(at: "\(folder.path)/class1/\(kind).jpg", madeOf: image) }
    try Data(CorruptFile.warningOnly(image)).write(
      to: URL(fileURLWithPath: folder.path + "/class2/warning.jpg"))
    // There are turned ones, whose sides are not a multiple of a reduction.
    for orientation in [3, 6] as [UInt8] {
      let image = ImageFolder.draw(label: 0, of: 3, number: 701, side: 45, channels: .rgb)
      try Data(turnedJPEG(image, orientation)).write(
        to: URL(fileURLWithPath: folder.path + "/class0/turned\(orientation).jpg"))
    }
  }

  /// A JPEG with the EXIF orientation that a camera writes.
  private func turnedJPEG(_ image: Image, _ orientation: UInt8) throws -> [UInt8] {
    let jpeg = try ImageEncoder.jpeg(image)
    let exif: [UInt8] =
      Array("Exif".utf8) + [0, 0] + Array("MM".utf8) + [
        0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0,
      ]
      + [orientation, 0, 0, 0, 0, 0, 0]
    return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + jpeg[2...]
  }

  private func configuration(_ data: String) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(data)
    configuration.imageSize = ImageSize(width: 7, height: 6)
    // Crops need two source pixels for each output pixel, so evaluation uses as many.
    configuration.augment = try AugmentationPolicy(parsing: "crop:0.25..0.5, flip:0.5, rotate:10, mixup:0.2")
    configuration.hidden = [10]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 8
    configuration.optimization.refits = true
    configuration.validationFraction = 0.3
    configuration.reading.maxBad = .count(100)
    configuration.execution.cache = .off
    return configuration
  }

  private func pack(_ contents: DatasetPacker.Contents, loaders: Int = 2, name: String) throws -> String {
    var configuration = try configuration(folder.path)
    configuration.execution.loaders = loaders
    var packer = DatasetPacker(configuration)
    packer.contents = contents
    let path = output.file(name)
    let outcome = try packer.write(to: path)
    #expect(outcome.images == 43)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(outcome.bytes == attributes[.size] as? Int)
    return path
  }

  /// The names of a run's bad files, with the reasons.
  private func bad(_ summary: TrainingSummary) -> Set<String> {
    // For a file that could not be read when it was packed, the reason says more.
    Set(
      summary.skipped.map {
        "\($0.path.split(separator: "/").last ?? ""): "
          + $0.reason.replacing(", and pack the folder again", with: "")
      })
  }

  @Test(arguments: [DatasetPacker.Contents.files, .pixels])
  func `A packed file trains to the bits of its folder, and its bad files are bad`(
    contents: DatasetPacker.Contents
  )
    throws
  {
    let plain = try TrainingRun(configuration(folder.path), output: nil).train()
    #expect(plain.skipped.count == CorruptFile.allCases.count && plain.warned == 1)
    let path = try pack(contents, name: "a.pack")
    for cache in [CacheLimit.off, .auto] {
      var configuration = try configuration(path)
      configuration.execution.cache = cache
      let summary = try TrainingRun(configuration, output: nil).train()
      let isSame = summary.model.parameters == plain.model.parameters
      #expect(isSame)
      #expect(bad(summary) == bad(plain))
      #expect(summary.warned == 1)
    }
    // Evaluation has no augmentation, but the same pixels.
    let fromFolder = try plain.model.evaluate(folder.path)
    let fromPack = try plain.model.evaluate(path)
    #expect(fromPack.loss == fromFolder.loss && fromPack.accuracy == fromFolder.accuracy)
  }

  @Test func `A packed file is the same bytes for any number of loaders`() throws {
    let first = try Data(contentsOf: URL(fileURLWithPath: pack(.pixels, loaders: 1, name: "1")))
    for loaders in [2, 5] {
      let isSame =
        try Data(contentsOf: URL(fileURLWithPath: pack(.pixels, loaders: loaders, name: "\(loaders)")))
        == first
      #expect(isSame)
    }
  }

  @Test func `A split folder stays split`() throws {
    let root = output.file("split")
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder.path, toPath: root + "/train")
    try FileManager.default.copyItem(atPath: folder.path, toPath: root + "/valid")
    let path = output.file("split.pack")
    _ = try DatasetPacker(configuration(root)).write(to: path)
    let plain = try DatasetTree.scan(root)
    let packed = try DatasetTree.scan(path)
    #expect(packed.training.fingerprint == plain.training.fingerprint)
    #expect(packed.validation?.fingerprint == plain.validation?.fingerprint)
    #expect(packed.validation?.count == 43)
    #expect(throws: DatasetError.self) { try Dataset.scan(path) }
  }

  @Test func `Pixels are refused where others are needed`() throws {
    let path = try pack(.pixels, name: "a.pack")
    for (key, value) in [("channels", "gray"), ("augment", "crop:0.05..0.1"), ("image-size", "20")] {
      var configuration = try configuration(path)
      try configuration.set(key, to: value)
      let error = #expect(throws: DatasetError.self, "\(key)") {
        _ = try TrainingRun(configuration, output: nil).train()
      }
      #expect(error?.description.contains("packed for --image-size 7x6 --channels rgb --augment \"") == true)
    }
    // Settings that need no other pixels are accepted.
    var configuration = try configuration(path)
    try configuration.set("augment", to: "crop:0.25..0.5, shear:10")
    _ = try TrainingRun(configuration, output: nil).train()
    #expect(throws: DatasetError.self) { _ = try DatasetCheck(configuration).run() }
  }

  @Test func `A change of the folder is noticed`() throws {
    let path = try pack(.files, name: "a.pack")
    #expect(try Dataset.scan(path).packNotices.isEmpty)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder.path + "/class0/0.png"))
    #expect(try Dataset.scan(path).packNotices.first?.contains("class0/0.png has changed") == true)
    let again = output.file("b.pack")
    _ = try DatasetPacker(configuration(folder.path)).write(to: again)
    try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/class0/new.png"))
    #expect(try Dataset.scan(again).packNotices.first?.contains("class0 has changed") == true)
    try FileManager.default.removeItem(atPath: folder.path)
    #expect(try Dataset.scan(again).packNotices.isEmpty)
  }

  @Test func `A new folder above those with images is noticed, and any time of change will do`() throws {
    let root = output.file("deep")
    for name in ["a/one", "a/two", "b/one"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: folder.path + "/class0/0.png", toPath: "\(root)/\(name)/0.png")
    }
    let distant = Date(timeIntervalSince1970: 13_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: distant], ofItemAtPath: root + "/a/one/0.png")
    let path = output.file("deep.pack")
    _ = try DatasetPacker(configuration(root)).write(to: path)
    #expect(try Dataset.scan(path).packNotices.isEmpty)
    try FileManager.default.createDirectory(atPath: root + "/a/three", withIntermediateDirectories: true)
    #expect(try Dataset.scan(path).packNotices.count == 1)
  }

  @Test func `Limits hold for packed pixels as for files`() throws {
    let path = try pack(.pixels, name: "a.pack")
    var reasons: [Set<String>] = []
    for data in [folder.path, path] {
      var configuration = try configuration(data)
      // The sound images have 40 × 40 pixels; one has 24 × 24.
      configuration.reading.maxPixels = 24 * 24
      configuration.reading.onBadFile = .skip
      let dataset = try TrainingData(configuration).training
      let preprocessing = try configuration.preprocessing()
      let producer = try configuration.producer(
        for: dataset, loading: configuration.loading(preprocessing), epochs: 0..<1, cache: nil)
      defer { producer.stop() }
      var found: Set<String> = []
      while let minibatch = try producer.next() {
        found.formUnion(
          minibatch.skipped.map { "\($0.path.split(separator: "/").last ?? ""): \($0.reason.prefix(40))" })
        producer.release(minibatch)
      }
      reasons.append(found)
    }
    #expect(reasons[0] == reasons[1] && reasons[0].count > 10)
  }

  @Test func `Previews refuse pixels of another form`() throws {
    let path = try pack(.pixels, name: "a.pack")
    var configuration = try configuration(path)
    configuration.channels = .gray
    #expect(throws: DatasetError.self) { _ = try Preview().write(configuration, to: output.file("preview")) }
    #expect(!FileManager.default.fileExists(atPath: output.file("preview")))
  }

  @Test func `A run that goes on with the packed file counts no bad file twice`() throws {
    let path = try pack(.files, name: "a.pack")
    var configuration = try configuration(folder.path)
    configuration.optimization.refits = false
    let whole = try TrainingRun(configuration, output: output.path, name: "whole").train()
    #expect(throws: StopAtEvent.Stop.self) {
      _ = try TrainingRun(configuration, output: output.path, name: "run").train(observers: [StopInEpoch(1)])
    }
    let run = try TrainingRun(resuming: output.file("run")) { $0.data = path }
    let summary = try run.train()
    #expect(summary.skipped.count == whole.skipped.count)
    let isSame = summary.model.parameters == whole.model.parameters
    #expect(isSame)
  }

  @Test func `Nothing is overwritten, and nothing written into the data`() throws {
    let packer = try DatasetPacker(configuration(folder.path))
    #expect(throws: FileError.self) { try packer.write(to: folder.path + "/class0/x.pack") }
    let path = output.file("text")
    try Data("text".utf8).write(to: URL(fileURLWithPath: path))
    var replacing = packer
    replacing.replaces = true
    for packer in [packer, replacing] {
      #expect(throws: FileError.alreadyExists(path: path)) { try packer.write(to: path) }
    }
    let packed = try pack(.files, name: "a.pack")
    #expect(throws: FileError.alreadyExists(path: packed)) { try packer.write(to: packed) }
    _ = try replacing.write(to: packed)
    #expect(throws: DatasetError.self) {
      try DatasetPacker(configuration(packed)).write(to: output.file("b.pack"))
    }
  }

  @Test func `Damage is found, wherever it is`() throws {
    let path = try pack(.files, name: "a.pack")
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let damaged = output.file("damaged.pack")
    var images: Set<String> = []
    for place in stride(from: 0, to: whole.count, by: 97) {
      var bytes = whole
      bytes[place] ^= 0x10
      try Data(bytes).write(to: URL(fileURLWithPath: damaged))
      do {
        let summary = try TrainingRun(configuration(damaged), output: nil).train()
        // The byte belongs to an image: this image is bad, if it was not before, and no other.
        #expect((0...1).contains(summary.skipped.count - CorruptFile.allCases.count))
        #expect(summary.skipped.count { $0.reason.contains("checksum") } == 1)
        images.formUnion(summary.skipped.filter { $0.reason.contains("checksum") }.map(\.path))
      } catch is DatasetError {
        // The byte belongs to the index, the trailer or the magic bytes: nothing in the file is trusted.
      }
    }
    #expect(images.count > 10)
    for length in [0, 10, 16, 100, whole.count / 2, whole.count - 1] {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: damaged))
      #expect(throws: DatasetError.self) { try Dataset.scan(damaged) }
    }
  }
}
