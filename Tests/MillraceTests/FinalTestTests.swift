import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Images kept for a test: chosen by the seed, kept away from all that is learned and chosen, and measured once.
struct FinalTestTests {
  private let folder: ImageFolder
  private let output: TemporaryFolder

  init() throws {
    folder = try ImageFolder(counts: [30, 20, 10])
    output = try TemporaryFolder()
  }

  private func configuration(_ data: String? = nil) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(data ?? folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [8]
    configuration.optimization.epochs = 2
    configuration.validationFraction = 0.2
    return configuration
  }

  private func names(_ dataset: Dataset?) -> Set<String> {
    Set(dataset.map { set in (0..<set.count).map(set.relativePath(of:)) } ?? [])
  }

  @Test func `A share of each class is kept by the seed, whatever is validated on`() throws {
    var configuration = try configuration()
    configuration.testFraction = 0.2
    configuration.evaluatesTest = true
    var drawn: Set<Set<String>> = []
    for seed in 1...20 as ClosedRange<UInt64> {
      configuration.seed = seed
      let data = try TrainingData(configuration)
      let test = try #require(data.test).dataset
      #expect(test.countPerClass == [6, 4, 2])
      let (trained, validated, kept) = (names(data.training), names(data.validation), names(test))
      #expect(
        trained.isDisjoint(with: kept) && validated.isDisjoint(with: kept)
          && trained.isDisjoint(with: validated))
      #expect(trained.count + validated.count + kept.count == 60)
      drawn.insert(kept)
      var folded = configuration
      folded.$validationFraction.reset()
      folded.folds = 3
      let all = try TrainingData(folded)
      #expect(names(all.test?.dataset) == kept && names(all.reference) == trained.union(validated))
    }
    #expect(drawn.count == 20)
    // Each group is on one of the three sides.
    configuration.grouping = .pattern("([0-9])[.]")
    let data = try TrainingData(configuration)
    let test = try #require(data.test).dataset
    #expect(test.count > 0 && test.countRelated(to: data.training) == 0)
    #expect(try test.countRelated(to: #require(data.validation)) == 0)
  }

  @Test func `The test is measured once, at the end, and changes nothing of the model`() throws {
    for refits in [false, true] {
      var configuration = try configuration()
      configuration.testFraction = 0.2
      configuration.optimization.refits = refits
      let without = try TrainingRun(configuration, output: nil).train()
      #expect(without.test == nil)
      configuration.evaluatesTest = true
      let run = try TrainingRun(configuration, output: nil)
      let with = try run.train()
      #expect(with.model.parameters == without.model.parameters)
      #expect(with.model.preprocessing == without.model.preprocessing)
      let result = try #require(with.test)
      #expect(result.data == "the 20.0 % of \(folder.path) kept for a test" && result.evaluation.count == 12)
      let again = try with.model.evaluate(try #require(TrainingData(configuration).test).dataset)
      #expect(again.loss == result.evaluation.loss && again.correct == result.evaluation.correct)
    }
  }

  @Test func `A test folder and a table's split test are measured on by the flag alone`() throws {
    let root = output.file("root")
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    for part in ["train", "test"] {
      try FileManager.default.copyItem(atPath: folder.path, toPath: "\(root)/\(part)")
    }
    var configuration = try configuration(root)
    let seen = try TrainingData(configuration)
    #expect(seen.test == nil && seen.testFolder == root + "/test")
    configuration.evaluatesTest = true
    let summary = try TrainingRun(configuration, output: nil).train()
    #expect(summary.test?.data == root + "/test" && summary.test?.evaluation.count == 60)
    #expect(try TrainingData(configuration).testFolder == nil)
    let rows = [("train", "train"), ("test", "test")].flatMap { part, split in
      (0..<6).map { "\(part)/class\($0 % 3)/\($0).\($0 % 2 == 1 ? "jpg" : "png"),\($0 % 3),\(split)" }
    }
    let table = try output.put(
      Array("path,label,split\n\(rows.joined(separator: "\n"))\n".utf8), at: "root/t.csv")
    configuration = try self.configuration(table)
    #expect(
      try TrainingData(configuration).notices.contains {
        $0.contains("6 images of split test are not looked at")
      })
    configuration.evaluatesTest = true
    let data = try TrainingData(configuration)
    #expect(data.test?.name == table + ", split test" && data.test?.dataset.count == 6)
    #expect(!data.notices.contains { $0.contains("split test") })
  }

  @Test func `What cannot be is refused with its cure`() throws {
    func problem(_ change: (inout TrainingConfiguration) -> Void, _ data: String? = nil) throws -> String? {
      var configuration = try configuration(data)
      change(&configuration)
      return #expect(throws: ConfigurationError.self) { try TrainingRun(configuration, output: nil) }?
        .description
    }
    #expect(
      try problem { $0.evaluatesTest = true }?.hasPrefix("evaluate-test: has no images to measure on: ")
        == true
    )
    for share in [0.0, 1, -0.1] {
      #expect(
        try problem { $0.testFraction = share }?.hasPrefix("test-fraction: must be above 0 and below 1")
          == true)
    }
    let root = output.file("both")
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    for part in ["train", "test"] {
      try FileManager.default.copyItem(atPath: folder.path, toPath: "\(root)/\(part)")
    }
    #expect(
      try problem({ $0.testFraction = 0.1 }, root)
        == "test-fraction: has no effect beside the test folder test; leave it out")
  }

  @Test func `A test whose images cannot be read is told, and the model stands`() throws {
    let root = output.file("broken")
    try FileManager.default.createDirectory(atPath: root + "/test/class0", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder.path, toPath: "\(root)/train")
    try Data("no image".utf8).write(to: URL(fileURLWithPath: root + "/test/class0/a.png"))
    var configuration = try configuration(root)
    configuration.evaluatesTest = true
    configuration.reading.onBadFile = .fail
    var notices: [String] = []
    let summary = try TrainingRun(configuration, output: output.path).train {
      if case .notice(let text) = $0 { notices.append(text) }
    }
    let path = try #require(summary.modelPath)
    #expect(summary.test == nil && FileManager.default.fileExists(atPath: path))
    #expect(notices.contains { $0.hasPrefix("evaluate-test: none of the images is readable") }, "\(notices)")
  }

  @Test func `The networks of a model are measured together`() throws {
    var configuration = try configuration()
    configuration.testFraction = 0.2
    configuration.evaluatesTest = true
    configuration.ensemble = 2
    let summary = try EnsembleRun(configuration, output: output.path).train()
    let result = try #require(summary.test).evaluation
    let test = try #require(TrainingData(configuration.member(1)).test).dataset
    let again = try summary.model.evaluate(test)
    #expect(result.count == 12 && again.loss == result.loss)
    configuration.ensemble = 1
    configuration.folds = 3
    configuration.$validationFraction.reset()
    let folds = try EnsembleRun(configuration, output: nil).train()
    #expect(folds.test?.evaluation.count == 12 && folds.examination?.evaluation.count == 48)
  }
}
