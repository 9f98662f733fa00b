import Foundation
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

struct EvaluationExaminationTests {
  /// A model that has learned little, so that it makes mistakes.
  private func model(_ images: ImageFolder) throws -> Model {
    var configuration = try DeterminismTests.configuration(images)
    configuration.optimization.epochs = 1
    return try TrainingRun(configuration, output: nil).train().model
  }

  @Test func `An evaluation tells of each image, and keeps the worst mistakes in their order`() throws {
    let images = try ImageFolder(classes: 3, countPerClass: 20)
    let model = try model(images)
    var told: [EvaluatedImage] = []
    let evaluation = try model.evaluate(images.path, mistakes: 5) { told.append($0) }
    #expect(told.count == 60)
    let wrong = told.filter { $0.actual != $0.predicted }
    #expect(wrong.count == 60 - Int((evaluation.accuracy * 60).rounded()) && wrong.count > 5)
    let worst = wrong.map(\.confidence).sorted(by: >).prefix(5)
    #expect(evaluation.mistakes.map(\.confidence) == Array(worst))
    for mistake in evaluation.mistakes {
      #expect(mistake.picture?.width == 10 && mistake.path.contains("/class\(mistake.actual)/"))
    }
    var calibration = Calibration()
    for image in told {
      calibration.add(confidence: image.confidence, isCorrect: image.actual == image.predicted)
    }
    #expect(evaluation.calibration == calibration)
  }

  @Test func `Predictions of a stream are those of a list, and what is missing is told in its place`() throws
  {
    let images = try ImageFolder(classes: 2, countPerClass: 3)
    let model = try model(images)
    let paths = [
      images.path + "/class1/2.png", "/nowhere/1.png", images.path + "/class0", images.path + "/class1/0.png",
    ]
    let expected = try model.predict([paths[0], paths[2], paths[3]])
    let stream = try PredictionStream(model)
    for _ in 0..<2 {
      var told: [String] = []
      try stream.predict(paths) { result in
        switch result {
        case .success(let prediction): told.append("\(prediction.path) \(prediction.ranked[0].name)")
        case .failure(let bad): told.append("missing \(bad.path)")
        }
      }
      var lines = expected.map { "\($0.path) \($0.ranked[0].name)" }
      lines.insert("missing /nowhere/1.png", at: 1)
      #expect(told == lines)
    }
  }
  @Test func `A stream keeps its memory and changes no bit, and goes on after what cannot be listed`() throws
  {
    let images = try ImageFolder(classes: 2, countPerClass: 3)
    let model = try model(images)
    let stream = try PredictionStream(model)
    let paths = [images.path + "/class1/2.png", images.path + "/class0"]
    for _ in 0..<2 {
      for path in paths {
        var ranked: [[RankedClass]] = []
        try stream.predict([path]) { ranked.append(try $0.get().ranked) }
        #expect(try ranked == model.predict([path]).map(\.ranked))
      }
    }

    let deep = try UnlistableFolder()
    let zero = Array("a\0b".utf8)
    let given = [Array(paths[0].utf8), Array(deep.path.utf8), zero, Array(paths[0].utf8)]
    var told: [String] = []
    try stream.predict(given) { result in
      switch result {
      case .success(let prediction): told.append(prediction.path)
      case .failure(let bad):
        told.append(bad.path)
        #expect(bad.reason.contains(bad.path == deep.path ? "cannot read the folder" : "zero byte"))
      }
    }
    #expect(told == [paths[0], deep.path, "a\\x00b", paths[0]])
  }
}

/// A folder that contains folders so deep that the path to the last is longer than the system accepts.
private final class UnlistableFolder {
  private let folder: TemporaryFolder
  private var descriptors: [Int32]
  private static let name = String(repeating: "d", count: 250)

  init() throws {
    folder = try TemporaryFolder()
    descriptors = [open(folder.path, O_RDONLY | O_DIRECTORY)]
    for _ in 0..<20 {
      let parent = descriptors[descriptors.count - 1]
      mkdirat(parent, Self.name, 0o700)
      descriptors.append(openat(parent, Self.name, O_RDONLY | O_DIRECTORY))
    }
  }

  deinit {
    for parent in descriptors.dropLast().reversed() { unlinkat(parent, Self.name, AT_REMOVEDIR) }
    for descriptor in descriptors { close(descriptor) }
  }

  var path: String { folder.path }
}
