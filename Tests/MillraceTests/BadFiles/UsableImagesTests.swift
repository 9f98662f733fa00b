import Foundation
import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// Where too few images can be used, a run does what a check says.
struct UsableImagesTests {
  private static func configuration(_ folder: ImageFolder) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [8]
    configuration.optimization.epochs = 2
    configuration.optimization.batchSize = 8
    configuration.reading.maxBad = .count(100)
    return configuration
  }

  /// Makes every file in a folder unusable, except the first ones.
  private static func spoil(_ folder: String, leaving kept: Int = 0) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted().dropFirst(kept) {
      try Data("no image".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
  }

  private static func move(_ names: [String], from: String, to: String) throws {
    try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
    for name in names { try FileManager.default.moveItem(atPath: "\(from)/\(name)", toPath: "\(to)/\(name)") }
  }

  /// A folder with train/ and val/, where val/ has images 0 and 1 of each class.
  private static func split(classes: Int = 3) throws -> ImageFolder {
    let folder = try ImageFolder(classes: classes, countPerClass: 8)
    for label in 0..<classes {
      let name = "class\(label)"
      try move(["0.png", "1.jpg"], from: "\(folder.path)/\(name)", to: "\(folder.path)/val/\(name)")
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/train", withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/train/\(name)")
    }
    return folder
  }

  @Test(arguments: [1, 3]) func `A class without a usable image ends the run with what the check says`(
    loaders: Int
  )
    throws
  {
    let folder = try ImageFolder(classes: 3, countPerClass: 10)
    try Self.spoil("\(folder.path)/class1")
    let output = try TemporaryFolder()
    var configuration = Self.configuration(folder)
    configuration.execution.loaders = loaders
    let report = try DatasetCheck(configuration).run()
    #expect(report.problems == ["no usable training image in 'class1'; add images or remove the class"])
    let error = #expect(throws: UnusableDataset.self) {
      try TrainingRun(configuration, output: output.path, name: "run").train()
    }
    #expect(error?.problems == report.problems && error?.list == output.file("run/bad-files.csv"))
    // The list of bad files stays.
    #expect(try output.names() == ["run"])
  }

  @Test func `A class that loses its last image in a later epoch ends the run`() throws {
    let folder = try ImageFolder(classes: 3, countPerClass: 8)
    var configuration = Self.configuration(folder)
    configuration.trainOnEverything()
    configuration.optimization.epochs = 8
    configuration.execution.cache = .off
    var epochs = 0
    let error = #expect(throws: UnusableDataset.self) {
      try TrainingRun(configuration, output: nil).train { event in
        guard case .epochFinished = event else { return }
        epochs += 1
        if epochs == 1 { try? FileManager.default.removeItem(atPath: folder.path + "/class2") }
      }
    }
    #expect(error?.problems.first?.contains("'class2'") == true)
    // Loaders are ahead by less than three epochs.
    #expect((1...5).contains(epochs))
  }

  @Test func `A validation of which nothing can be used is no result, in the check and in the run`() throws {
    let folder = try Self.split()
    for label in 0..<3 { try Self.spoil("\(folder.path)/val/class\(label)") }
    var configuration = Self.configuration(folder)
    configuration.optimization.earlyStopping.patience = 1
    let problems = try DatasetCheck(configuration).run().problems
    #expect(problems.count == 1 && problems[0].contains("no image can be used to validate on"))
    var finished = 0
    let error = #expect(throws: UnusableDataset.self) {
      try TrainingRun(configuration, output: nil).train { event in
        if case .epochFinished = event { finished += 1 }
      }
    }
    #expect(error?.problems == problems && finished == 0)
  }

  @Test func `Where validation images vanish for an epoch, the run ends and goes on when they are back`()
    throws
  {
    let folder = try Self.split()
    let output = try TemporaryFolder()
    var configuration = Self.configuration(folder)
    configuration.optimization.epochs = 4
    configuration.execution.cache = .off
    let whole = try TrainingRun(configuration, output: nil).train()
    let (val, away) = (folder.path + "/val", output.file("away"))
    var reports: [EpochReport] = []
    #expect(throws: UnusableDataset.self) {
      try TrainingRun(configuration, output: output.path, name: "run").train { event in
        guard case .epochFinished(let report) = event else { return }
        reports.append(report)
        if report.epoch == 1 { try? FileManager.default.moveItem(atPath: val, toPath: away) }
      }
    }
    #expect(reports.count == 2 && reports.allSatisfy { ($0.validation?.count ?? 0) == 6 })
    try FileManager.default.moveItem(atPath: away, toPath: val)
    let resumed = try TrainingRun(resuming: output.file("run")).train()
    let isSame = resumed.model.parameters == whole.model.parameters
    #expect(isSame && resumed.best.epoch == whole.best.epoch)
  }

  @Test func `Classes that nothing is validated on are told once, before the run or after the validation`()
    throws
  {
    let folder = try Self.split(classes: 4)
    // One class has no folder, one has an empty folder, and one has only unusable files.
    try FileManager.default.removeItem(atPath: folder.path + "/val/class0")
    try Self.spoil("\(folder.path)/val/class2")
    let configuration = Self.configuration(folder)
    func notices(_ all: [String]) -> [String] { all.filter { $0.contains("no usable validation image") } }
    let report = try DatasetCheck(configuration).run()
    #expect(report.problems.isEmpty)
    #expect(
      notices(report.notices) == [
        "no usable validation image in 'class0', 'class2': validation says nothing of these classes"
      ])
    var told: [String] = []
    try TrainingRun(configuration, output: nil).train { event in
      if case .notice(let text) = event { told.append(text) }
    }
    #expect(
      notices(told) == ["no usable validation image in 'class0': validation says nothing of this class"]
        + notices(report.notices))
  }

  @Test func `A split that leaves a class nothing to validate on is told`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 6)
    for number in 1..<6 {
      try FileManager.default.removeItem(
        atPath: "\(folder.path)/class1/\(number).\(number % 2 == 1 ? "jpg" : "png")")
    }
    #expect(try TrainingData(Self.configuration(folder)).notices.contains { $0.contains("'class1'") })
    #expect(try DatasetCheck(Self.configuration(folder)).run().notices.contains { $0.contains("'class1'") })
  }

  @Test func `A validation over no samples ends a training of any source`() throws {
    var options = OptimizationOptions()
    options.epochs = 3
    let bench = try TrainingPhasesTests.Bench(options)
    #expect(throws: TrainingError.nothingValidated(epoch: 0)) {
      try bench.trainer.train(on: bench.source, validate: { _ in LossSum() }, observe: { _ in })
    }
    #expect(bench.trainer.best == nil && bench.trainer.progress.validationLosses.isEmpty)
  }

  @Test(arguments: [ValidationMetric.loss, .accuracy])
  func `A figure over no samples is none, and decides nothing`(metric: ValidationMetric) {
    #expect(LossSum().mean == nil && LossSum().accuracy == nil)
    var poor = LossSum()
    (poor.loss, poor.correct, poor.count) = (1e6, 0, 10)
    var stopping = EarlyStopping()
    stopping.metric = metric
    #expect(!stopping.improves(LossSum(), over: poor))
    #expect(stopping.improves(poor, over: LossSum()))
    #expect(!stopping.improves(LossSum(), over: LossSum()))
  }

  // MARK: Names and settings

  @Test func `Bad files whose names look alike are counted and listed each`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 10)
    for name in ["caf\u{E9}.txt", "cafe\u{301}.txt"] {
      try Data("x".utf8).write(to: URL(filePath: "\(folder.path)/class0/x"))
      rename("\(folder.path)/class0/x", "\(folder.path)/class0/\(name)")
    }
    let output = try TemporaryFolder()
    var configuration = Self.configuration(folder)
    configuration.trainOnEverything()
    #expect(try TrainingRun(configuration, output: nil).train().skipped.count == 2)
    #expect(try DatasetCheck(configuration).run().unusableCount == 2)
    var bench = LoaderBenchmark()
    (bench.timing.seconds, bench.timing.repetitions, bench.timing.warmUp) = (0.01, 1, 0)
    #expect(try bench.run(configuration).badFiles == 2)
    configuration.reading.maxBad = .count(1)
    let error = #expect(throws: TooManyBadFiles.self) {
      try TrainingRun(configuration, output: output.path).train()
    }
    #expect(error?.count == 2)
  }

  @Test func `A share for validation is refused beside a validation folder, whatever it is`() throws {
    let folder = try Self.split()
    var configuration = Self.configuration(folder)
    #expect(try TrainingData(configuration).validation?.count == 6)
    for share in [0.1, 0, 0.3] {
      configuration.validationFraction = share
      let error = #expect(throws: ConfigurationError.self) { try TrainingData(configuration) }
      #expect(error?.setting == "val-fraction" && error?.problem.contains("/val") == true)
    }
    // The file that a run leaves says that nobody gave the setting.
    configuration.$validationFraction.reset()
    #expect(try ConfigurationFile.text(of: configuration).contains("val-fraction: auto\n"))
  }

  @Test func `What is trained on cannot be validated on`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 4)
    var configuration = Self.configuration(folder)
    configuration.validation = folder.path + "/."
    for body in [
      { _ = try TrainingRun(configuration, output: nil) }, { _ = try DatasetCheck(configuration).run() },
    ] {
      #expect(throws: DatasetError.validatesOnTraining(path: folder.path + "/.", training: folder.path)) {
        try body()
      }
    }
  }

  @Test func `Links that lead to other classes are told by the check and by the run`() throws {
    let folder = try ImageFolder(classes: 3, countPerClass: 4)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/class0/loop", withDestinationPath: "..")
    let report = try DatasetCheck(Self.configuration(folder)).run()
    #expect(report.classes.map { $0.training + $0.validation } == [4, 4, 4] && report.problems.isEmpty)
    var told: [String] = []
    try TrainingRun(Self.configuration(folder), output: nil).train { event in
      if case .notice(let text) = event { told.append(text) }
    }
    for notices in [report.notices, told] {
      #expect(notices.contains { $0.hasPrefix("\(folder.path)/class0/loop: ") }, "\(notices)")
    }
  }
}
