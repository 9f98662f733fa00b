import Foundation
import MillraceImages
import MillraceModels
import MillracePipeline
import MillraceTraining
import Testing
import _MillraceTestSupport

struct BadFileTests {
  private static let image = ImageFolder.draw(label: 0, of: 2, number: 500, side: 24, channels: .rgb)

  private static func configuration(_ folder: ImageFolder) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.channels = .gray
    configuration.hidden = [16]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 16
    return configuration
  }

  private static func spoil(_ folder: ImageFolder, _ kinds: [CorruptFile] = CorruptFile.allCases) throws {
    for (number, kind) in kinds.enumerated() {
      try kind.put(at: "\(folder.path)/class\(number % 2)/\(kind).jpg", madeOf: image)
    }
  }

  @Test func `Of 1,000 files exactly the ten that are corrupt are listed, for any threads`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 495)
    try Self.spoil(folder)
    var configuration = Self.configuration(folder)
    configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, mixup:0.2")
    configuration.optimization.learningRate = 0.05
    var first: TrainingSummary?
    for (workers, loaders) in [(1, 1), (2, 2), (3, 5)] {
      configuration.execution.workers = workers
      configuration.execution.loaders = loaders
      let summary = try TrainingRun(configuration, output: nil).train()
      if let first {
        #expect(summary.skipped == first.skipped)
        let isSame = summary.model.parameters == first.model.parameters
        #expect(isSame)
      }
      first = first ?? summary
    }
    let summary = try #require(first)
    #expect(summary.skipped.count == 10 && summary.warned == 0)
    for kind in CorruptFile.allCases {
      let listed = summary.skipped.filter { $0.path.hasSuffix("/\(kind).jpg") }
      #expect(listed.count == 1 && listed[0].reason.contains(kind.words), "\(kind): \(listed)")
    }
    // The remaining images are learned as if there were no bad files.
    #expect(summary.best.training.count < 990 && (summary.best.validation?.accuracy ?? 0) > 0.95)
  }

  @Test(arguments: [("0.9%", 10), ("3", 4), ("0", 1)])
  func `Too many bad files end the run, and the list stays`(limit: String, count: Int) throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 495)
    try Self.spoil(folder)
    let output = try TemporaryFolder()
    var configuration = Self.configuration(folder)
    try configuration.set("max-bad", to: limit)
    var errors: [TooManyBadFiles] = []
    for loaders in [1, 3] {
      configuration.execution.loaders = loaders
      var listed: [String] = []
      errors.append(
        try #require(throws: TooManyBadFiles.self) {
          try TrainingRun(configuration, output: output.path, name: "run\(loaders)").train { event in
            if case .fileSkipped(let sample) = event { listed.append(sample.path) }
          }
        })
      #expect(listed.count == count)
      #expect(try output.names().contains("run\(loaders)"))
    }
    #expect(errors[0].count == count && errors[0].total == 1000 && errors[1].count == count)
    for words in ["\(count) of 1000", "run1/bad-files.csv", "--max-bad", limit] {
      #expect(errors[0].description.contains(words), "\(errors[0])")
    }
  }

  @Test(arguments: ["auto", "0.5/0.25"])
  func `A run that may not skip ends with the first bad file in order`(normalization: String) throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 60)
    try Self.spoil(folder)
    let output = try TemporaryFolder()
    var configuration = Self.configuration(folder)
    configuration.trainOnEverything()
    try configuration.set("on-bad-file", to: "fail")
    try configuration.set("normalize", to: normalization)
    var errors: Set<BadSample> = []
    for loaders in [1, 2, 5] {
      configuration.execution.loaders = loaders
      errors.insert(
        try #require(throws: BadSample.self) {
          try TrainingRun(configuration, output: output.path).train()
        })
    }
    #expect(errors.count == 1)
    if normalization == "auto" {
      #expect(errors.first?.path == folder.path + "/class0/chunkBomb.jpg", "\(errors)")
    }
    #expect(try output.names().isEmpty)
  }

  @Test func `Files that vanish or shrink during the run count`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 20)
    let gone = "\(folder.path)/class0/3.jpg"
    let cut = "\(folder.path)/class1/4.png"
    var configuration = Self.configuration(folder)
    // A cached image is not read again.
    configuration.execution.cache = .off
    // Loaders are ahead by at most the queue, which is less than two epochs of three minibatches.
    configuration.optimization.epochs = 6
    let summary = try TrainingRun(configuration, output: nil).train { event in
      guard case .epochFinished(let report) = event, report.epoch == 0 else { return }
      try? FileManager.default.removeItem(atPath: gone)
      truncate(cut, 60)
    }
    #expect(Set(summary.skipped.map(\.path)) == [gone, cut])
  }

  @Test(arguments: [1, 4]) func `Files with warnings are used and counted once`(loaders: Int) throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 30)
    for (name, label) in [("a", 0), ("b", 1), ("c", 1)] {
      try Data(CorruptFile.warningOnly(Self.image)).write(
        to: URL(fileURLWithPath: "\(folder.path)/class\(label)/\(name).jpg"))
    }
    var configuration = Self.configuration(folder)
    configuration.execution.loaders = loaders
    let summary = try TrainingRun(configuration, output: nil).train()
    #expect(summary.skipped.isEmpty)
    #expect(summary.warned == 3)
  }
}

struct BadFileLimitTests {
  @Test(arguments: [
    ("auto", 30, 10), ("auto", 5_000, 50), ("1%", 1_000, 10), ("1%", 99, 0), ("0.3 %", 1_000, 3),
    ("29%", 100, 29),
    ("100%", 7, 7), ("20", 5, 20), ("0", 1_000, 0),
  ])
  func `A limit is a share or a number`(text: String, total: Int, expected: Int) throws {
    let limit = try BadFileLimit(parsing: text)
    #expect(limit.files(of: total) == expected)
    #expect(try BadFileLimit(parsing: limit.description) == limit)
  }

  @Test(arguments: ["", "%", "-1", "101%", "many", "nan%", "1.5"])
  func `Anything else is refused`(text: String) {
    #expect(throws: ConfigurationError.self) { try BadFileLimit(parsing: text) }
  }
}
