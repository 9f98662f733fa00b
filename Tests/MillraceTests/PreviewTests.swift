import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct PreviewTests {
  private func configuration(_ folder: ImageFolder) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 10, height: 14)
    configuration.augment = try AugmentationPolicy(parsing: "rotate:25, flip, jitter:0.3, crop:0.6..1")
    configuration.seed = 7
    return configuration
  }

  @Test(arguments: ["", ", mixup:1", ", cutmix:p=0.5"])
  func aVariantIsWhatTrainingSeesInItsEpoch(mixing: String) throws {
    let images = try ImageFolder(countPerClass: 4)
    defer { withExtendedLifetime(images) {} }
    var configuration = try configuration(images)
    let policy = "rotate:25, flip, jitter:0.3, crop:0.6..1\(mixing)"
    configuration.augment = try AugmentationPolicy(parsing: policy)
    configuration.optimization.batchSize = 5
    let folder = try TemporaryFolder()
    var preview = Preview()
    preview.count = 6
    preview.variants = 2
    preview.epoch = 3
    let outcome = try preview.write(configuration, to: folder.file("new"))
    #expect(outcome.images.count == 6 * 3 && outcome.skipped.isEmpty)

    let dataset = try TrainingData(configuration).training
    let preprocessing = try configuration.preprocessing()
    let producer = try configuration.producer(
      for: dataset, loading: configuration.loading(preprocessing), epochs: 3..<5, cache: nil)
    defer { producer.stop() }
    let source = configuration.minibatches(of: producer, preprocessing: preprocessing, classCount: 3)
    var seen: [Int: [Int: Image]] = [:]
    while let minibatch = try source.next() {
      for row in 0..<minibatch.count {
        seen[Int(minibatch.samples[row]), default: [:]][minibatch.epoch] = Image(
          rendering: minibatch.features + row * minibatch.featureCount, preprocessing: preprocessing)
      }
      source.release(minibatch)
    }

    let decoder = ImageDecoder()
    for (place, sample) in Preview.samples(of: dataset, seed: 7).prefix(6).enumerated() {
      for variant in 1...2 {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: outcome.images[place * 3 + variant])))
        let picture = try bytes.withUnsafeBytes {
          try decoder.decode($0, channels: .rgb, atLeast: nil).copy()
        }
        #expect(picture == seen[sample]?[2 + variant])
      }
    }
  }

  @Test func `What was drawn is told in three figures, below zero, too`() throws {
    let images = try ImageFolder(countPerClass: 4)
    defer { withExtendedLifetime(images) {} }
    var configuration = try configuration(images)
    configuration.augment = try AugmentationPolicy(parsing: "rotate:25, translate:0.2, jitter:0.3")
    let folder = try TemporaryFolder()
    let outcome = try Preview().write(configuration, to: folder.file("new"))
    let words = outcome.sources.flatMap(\.pictures).flatMap(\.drawn).flatMap { $0.split(separator: " ") }
    let numbers = words.map { $0.trimmingCharacters(in: [","]) }.filter { Double($0) != nil }
    #expect(words.contains("rotate:") && words.contains("degrees"))
    #expect(numbers.count > 20 && numbers.contains { $0.hasPrefix("-") })
    for number in numbers {
      let digits = number.drop { "-0.".contains($0) }.prefix { $0 != "e" }.count { $0.isNumber }
      #expect((1...3).contains(digits), "\(number)")
    }
  }

  @Test func theFirstImagesShowAllClasses() throws {
    let images = try ImageFolder(classes: 4, countPerClass: 5)
    defer { withExtendedLifetime(images) {} }
    let dataset = try Dataset.scan(images.path)
    let samples = Preview.samples(of: dataset, seed: 1)
    #expect(samples.prefix(4).map { dataset.label(of: $0) } == [0, 1, 2, 3])
    #expect(samples.sorted() == Array(0..<20))
    #expect(samples != Preview.samples(of: dataset, seed: 2))
  }

  @Test func namesAreOfThisFolderAloneAndDiffer() throws {
    let images = try ImageFolder(classes: 2, countPerClass: 1)
    defer { withExtendedLifetime(images) {} }
    let original = try Data(contentsOf: URL(filePath: "\(images.path)/class0/0.png"))
    // There are one stem with two files, a name that would lead elsewhere, and a class that a file system may
    // confuse with another.
    for name in ["class0/0.jpg", "class0/x\\..\\y:z?.png", "CLASS0/0.png"] {
      let url = URL(filePath: "\(images.path)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try original.write(to: url)
    }
    var configuration = try configuration(images)
    configuration.validationFraction = 0
    let folder = try TemporaryFolder()
    var preview = Preview()
    preview.variants = 1
    let outcome = try preview.write(configuration, to: folder.file("a/b/"))
    #expect(Set(outcome.images.map { $0.lowercased() }).count == 5 * 2)
    #expect(try folder.names() == ["a"])
    for path in outcome.images {
      let name = path.dropFirst(folder.file("a/b/").count)
      #expect(path.hasPrefix(folder.file("a/b/")) && !name.contains { "/\\:?".contains($0) }, "\(path)")
    }
  }

  @Test func aFolderThatHoldsSomethingIsLeftAlone() throws {
    let images = try ImageFolder(classes: 2, countPerClass: 2)
    defer { withExtendedLifetime(images) {} }
    let folder = try TemporaryFolder()
    _ = try folder.put([1], at: "mine")
    #expect(throws: FileError.alreadyExists(path: folder.path)) {
      try Preview().write(try configuration(images), to: folder.path)
    }
    #expect(try folder.names() == ["mine"])
    let empty = folder.file("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    #expect(try Preview().write(try configuration(images), to: empty).folder == empty)
  }

  @Test(arguments: [("count", 0), ("count", 10_001), ("variants", 0), ("variants", 101), ("epoch", -1)])
  func rangesAreChecked(setting: String, value: Int) throws {
    var preview = Preview()
    switch setting {
    case "count": preview.count = value
    case "variants": preview.variants = value
    default: preview.epoch = value
    }
    let error = #expect(throws: ConfigurationError.self) { try preview.validate() }
    #expect(error?.setting == setting)
  }
}
