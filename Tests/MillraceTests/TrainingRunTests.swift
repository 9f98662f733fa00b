import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import MillraceWorkshop
import Testing
import _MillraceTestSupport

struct TrainingRunTests {
  @Test func `A run learns, and its folder is complete`() throws {
    let images = try ImageFolder(classes: 3, countPerClass: 40)
    let output = try TemporaryFolder()
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 12, height: 12)
    configuration.channels = .gray
    configuration.hidden = [32]
    configuration.optimization.epochs = 12
    configuration.optimization.batchSize = 16
    configuration.optimization.learningRate = 0.02
    var losses: [Double] = []
    let summary = try TrainingRun(configuration, output: output.path).train { event in
      if case .epochFinished(let report) = event { losses.append(report.training.mean ?? .nan) }
    }
    #expect(losses.count == 12)
    #expect(losses.last! < losses[0] / 2)

    let folder = RunFolder(path: try #require(summary.folder))
    #expect(folder.path == output.path + "/1")
    for file in [
      folder.configuration, folder.classes, folder.model, folder.lastCheckpoint, folder.bestCheckpoint,
    ] {
      #expect(FileManager.default.fileExists(atPath: file), "\(file)")
    }

    let evaluation = try Model(contentsOf: folder.path).evaluate(images.path)
    #expect(evaluation.count == 120)
    #expect(evaluation.accuracy > 0.9)
    #expect(evaluation.topK.last?.accuracy == 1)
    #expect(evaluation.confusion.cells.reduce(0) { $0 + $1.count } == 120)

    // The model predicts for a single image what it predicts in the folder.
    let predictions = try Model(contentsOf: folder.model).predict([images.path], topK: 3)
    #expect(predictions.count == 120)
    #expect(predictions.allSatisfy { abs($0.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-5 })
    let right = predictions.filter { $0.path.contains("/\($0.ranked[0].name)/") }.count
    #expect(Double(right) / 120 == evaluation.accuracy)
  }

  @Test func `The configuration that a run leaves repeats it to the bit`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    let configuration = try DeterminismTests.configuration(images)
    let first = try TrainingRun(configuration, output: output.path).train()
    let text = try String(
      contentsOfFile: RunFolder(path: #require(first.folder)).configuration, encoding: .utf8)
    var repeated = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(text, path: "config.yaml", to: &repeated)
    #expect(repeated == configuration)
    let isSame = try TrainingRun(repeated, output: nil).train().model.parameters == first.model.parameters
    #expect(isSame)
  }

  @Test func `Bad files are skipped and listed once, and nothing else changes`() throws {
    let images = try ImageFolder(countPerClass: 10)
    let bad = ["class0/a.png": "", "class1/b.jpg": "no image", "class2/c.png": "\u{89}PNG"]
    for (name, text) in bad {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(images.path)/\(name)"))
    }
    var configuration = try DeterminismTests.configuration(images)
    configuration.validationFraction = 0.3
    for loaders in [1, 4] {
      configuration.execution.loaders = loaders
      let summary = try TrainingRun(configuration, output: nil).train()
      #expect(Set(summary.skipped.map(\.path)) == Set(bad.keys.map { "\(images.path)/\($0)" }))
      #expect(summary.skipped.count == 3)
    }
  }

  @Test func `A run that diverges says so, and leaves no folder without a checkpoint`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    var configuration = try DeterminismTests.configuration(images)
    configuration.optimization.regularization = RegularizationOptions()
    configuration.optimization.learningRate = 1e30
    #expect(throws: DivergenceError.self) { try TrainingRun(configuration, output: output.path).train() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
  }

  @Test func `A step that leaves weights not finite ends the run with their layer`() throws {
    let images = try ImageFolder()
    var configuration = try DeterminismTests.configuration(images)
    configuration.optimization.regularization = RegularizationOptions()
    // There is one step in each epoch, which is the one that is measured, with a rate larger than the largest
    // Float.
    configuration.optimization.batchSize = 1000
    configuration.optimization.learningRate = 1e39
    let error = #expect(throws: DivergenceError.self) { try TrainingRun(configuration, output: nil).train() }
    #expect(error?.what == "a weight or its gradient is not finite" && error?.layer == "0.dense.weight")
  }

  @Test func `A run leaves nothing in its data, however the way there is written`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: output.file("link"), withDestinationPath: images.path)
    let configuration = try DeterminismTests.configuration(images)
    let before = try FileManager.default.subpathsOfDirectory(atPath: images.path).sorted()
    for place in [
      images.path, images.path + "/runs", images.path + "/class0/", output.file("link"),
      output.file("link/new/runs"), output.path + "/../" + images.path.split(separator: "/").last! + "/x",
    ] {
      #expect(throws: FileError.insideDataset(path: place, data: images.path)) {
        try TrainingRun(configuration, output: place)
      }
      #expect(throws: FileError.insideDataset(path: place, data: images.path)) {
        try Preview().write(configuration, to: place)
      }
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: images.path).sorted() == before)
    // A folder that is made on the way also leads back.
    let around = output.file("none/../link/runs")
    #expect(throws: FileError.insideDataset(path: around, data: images.path)) {
      try TrainingRun(configuration, output: around)
    }
    // A name that only begins in the same way is another place.
    let beside = images.path + "-runs"
    defer { try? FileManager.default.removeItem(atPath: beside) }
    _ = try TrainingRun(configuration, output: beside)
  }

  @Test func `A class folder that a link leads to is written to by no way`() throws {
    let (images, output) = (try ImageFolder(), try TemporaryFolder())
    let store = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: images.path + "/class1", toPath: store.file("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: images.path + "/class1", withDestinationPath: store.file("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: output.file("link"), withDestinationPath: store.file("elsewhere"))
    let configuration = try DeterminismTests.configuration(images)
    for place in [store.file("elsewhere"), store.file("elsewhere/runs"), output.file("link/runs")] {
      let error = FileError.insideDataset(path: place, data: images.path)
      #expect(throws: error) { try TrainingRun(configuration, output: place) }
      #expect(throws: error) { try Preview().write(configuration, to: place) }
      let pack = place + "/x.pack"
      #expect(throws: FileError.insideDataset(path: pack, data: images.path)) {
        try DatasetPacker(configuration).write(to: pack)
      }
    }
    _ = try TrainingRun(configuration, output: store.file("runs"))
    #expect(try store.names() == ["elsewhere", "runs"])
  }

  @Test func `Who has a run's folder is known`() throws {
    let (images, output) = (try ImageFolder(), try TemporaryFolder())
    var run: TrainingRun? = try TrainingRun(try DeterminismTests.configuration(images), output: output.path)
    let folder = try #require(run?.folder)
    #expect(FolderLock.isTaken(folder.path) == true)
    // Asking does not take the lock.
    #expect(FolderLock.isTaken(folder.path) == true)
    run = nil
    #expect(FolderLock.isTaken(folder.path) == false && FolderLock.isTaken(output.file("none")) == nil)
  }
}
