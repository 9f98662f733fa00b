import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Several runs become one model with the same bits, however they are carried out.
struct EnsembleRunTests {
  @Test func `The first member is the plain run, the others have seeds of their own`() throws {
    let bench = try ResumeBench()
    let configuration = try EnsembleCase.ensemble.configuration(bench)
    let summary = try EnsembleRun(configuration, output: bench.output.path, name: "all").train()
    let plain = try TrainingRun(EnsembleCase.member(bench), output: nil).train().model
    #expect(summary.model.members.count == 3 && summary.members.map(\.member.number) == [1, 2, 3])
    let isFirst = summary.model.members[0] == plain.parameters
    #expect(isFirst && summary.model.preprocessing == plain.preprocessing)
    #expect(Set(summary.members.map(\.member.seed)).count == 3 && summary.members[0].member.seed == 1)
    #expect(Set(summary.model.members).count == 3)
    // A member by itself equals the member among others, and its configuration repeats it.
    let alone = try TrainingRun(configuration.member(2), output: nil).train().model
    let isSecond = alone.parameters == summary.model.members[1]
    #expect(isSecond)
    let text = try String(contentsOfFile: bench.folder("all").member(3).configuration, encoding: .utf8)
    var repeated = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(text, path: "config.yaml", to: &repeated)
    let isThird = try TrainingRun(repeated, output: nil).train().model.parameters == summary.model.members[2]
    #expect(isThird)
    // All members are validated on the same images, and together on these.
    #expect(summary.examination?.evaluation.count == summary.members[0].best.validation?.count)
    let read = try Model(contentsOf: bench.folder("all").path)
    #expect(read.members == summary.model.members)
  }

  @Test func `After a refit the networks are judged by what they were before it`() throws {
    let bench = try ResumeBench()
    var configuration = try EnsembleCase.ensemble.configuration(bench)
    configuration.optimization.refits = true
    let refitted = try EnsembleRun(configuration, output: bench.output.path, name: "refit").train()
    configuration.optimization.refits = false
    let plain = try EnsembleRun(configuration, output: bench.output.path, name: "plain").train()
    let (before, after) = (try #require(refitted.examination), try #require(plain.examination))
    #expect(before.evaluation.loss == after.evaluation.loss && before.evaluation.count == 9)
    #expect(before.evaluation.confusion == after.evaluation.confusion)
    let isSame = refitted.model.members[0] == plain.model.members[0]
    #expect(!isSame && refitted.memberAccuracy == plain.memberAccuracy)
  }

  @Test func `Each image is judged by the network that was not trained on it`() throws {
    let bench = try ResumeBench()
    var configuration = try EnsembleCase.folds.configuration(bench)
    configuration.hidden = [24]
    configuration.optimization.epochs = 6
    let summary = try EnsembleRun(configuration, output: bench.output.path, name: "folds").train()
    let found = try #require(summary.examination?.outOfFold)
    let all = try Dataset.scan(bench.images.path)
    #expect(Set(found.rows.map(\.path)) == Set((0..<all.count).map(all.path)))
    #expect(found.rows.count == all.count && summary.examination?.evaluation.count == all.count)
    #expect(zip(found.rows, found.rows.dropFirst()).allSatisfy { $0.suspicion >= $1.suspicion })
    #expect(found.folds.map(\.count) == [12, 12, 12])
    // The validation of each member's best epoch used the same images.
    #expect(found.folds.map(\.correct) == summary.members.map { $0.best.validation?.correct })
    let right = found.rows.count { $0.label == $0.predicted }
    #expect(right == found.folds.map(\.correct).reduce(0, +))
    #expect(right == summary.examination?.evaluation.correct)
    for row in found.rows {
      let outputs = found.outputs(of: row)
      #expect(abs(outputs.reduce(0, +) - 1) < 1e-5 && row.rival != row.label)
      #expect(outputs.max() == outputs[outputs.startIndex + row.predicted])
    }
    #expect(found.suspectCount == found.suspects(atMost: .max).count)
    #expect(summary.examination?.suspects.allSatisfy { $0.picture != nil } == true)
  }

  @Test func `A planted wrong label is found`() throws {
    let images = try ImageFolder(countPerClass: 40)
    let planted = [
      "class0/4.png": "class1/x.png", "class2/6.png": "class0/y.png", "class1/8.png": "class2/z.png",
    ]
    for (from, to) in planted {
      try FileManager.default.moveItem(atPath: "\(images.path)/\(from)", toPath: "\(images.path)/\(to)")
    }
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 12, height: 12)
    configuration.channels = .gray
    configuration.hidden = [32]
    configuration.optimization.epochs = 12
    configuration.optimization.batchSize = 16
    configuration.optimization.learningRate = 0.02
    configuration.folds = 4
    let found = try #require(try EnsembleRun(configuration, output: nil).train().examination?.outOfFold)
    #expect(Set(found.rows.prefix(3).map(\.path)) == Set(planted.values.map { "\(images.path)/\($0)" }))
    // Each planted image is taken for its original class.
    let origins = Dictionary(
      uniqueKeysWithValues: planted.map { ("\(images.path)/\($1)", String($0.prefix(6))) })
    #expect(found.rows.prefix(3).allSatisfy { found.classes[$0.rival] == origins[$0.path] })
  }

  @Test func `The images of a validation folder are divided with the others`() throws {
    let images = try ImageFolder(countPerClass: 8)
    let root = try TemporaryFolder()
    for (part, numbers) in [("train", 0..<6), ("val", 6..<8)] {
      for label in 0..<3 {
        let folder = root.file("\(part)/class\(label)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for number in numbers {
          let name = "\(number).\(number % 2 == 1 ? "jpg" : "png")"
          try FileManager.default.copyItem(
            atPath: "\(images.path)/class\(label)/\(name)", toPath: "\(folder)/\(name)")
        }
      }
    }
    var configuration = try ResumeCase.everythingRandom.configuration(images)
    configuration.data = root.path
    configuration.$validationFraction.reset()
    configuration.optimization.epochs = 1
    configuration.folds = 2
    let summary = try EnsembleRun(configuration, output: nil).train()
    #expect(summary.examination?.outOfFold?.rows.count == 24)
    let notices = try TrainingData(configuration.member(1)).notices
    #expect(notices.contains { $0.hasPrefix("folds: the 6 images of \(root.path)/val are divided with") })
  }

  @Test func `What cannot be combined is refused with what to do`() throws {
    let images = try ImageFolder(countPerClass: 4)
    let base = TrainingConfiguration(data: images.path)
    func problem(_ change: (inout TrainingConfiguration) -> Void) -> String? {
      var configuration = base
      change(&configuration)
      do {
        _ = try EnsembleRun(configuration, output: nil)
        return nil
      } catch { return "\(error)" }
    }
    #expect(problem { $0.folds = 4 } == nil)
    let cases: [((inout TrainingConfiguration) -> Void, String)] = [
      ({ ($0.folds, $0.ensemble) = (3, 2) }, "ensemble: cannot be combined with folds"),
      ({ ($0.folds, $0.validation) = (3, images.path) }, "val: cannot be combined with folds"),
      ({ ($0.folds, $0.optimization.refits) = (3, true) }, "refit: cannot be combined with folds"),
      ({ $0.folds = 101 }, "folds: must be from 1 to 100"),
      ({ $0.ensemble = 0 }, "ensemble: must be from 1 to 100"),
      (
        { $0.folds = 5 },
        "folds: 5 are more than the 4 images of the class \"class0\", and each fold needs one; add images, set at most "
          + "4 folds, or leave the class out"
      ),
      ({ ($0.ensemble, $0.member) = (3, 4) }, "member: must be from 1 to 3"),
      ({ $0.member = 2 }, "member: is one of the networks of ensemble or folds"),
      ({ _ in }, "ensemble: must be above 1"),
    ]
    for (change, text) in cases {
      let found = problem(change)
      #expect(found?.contains(text) == true, "\(found ?? "no error") instead of \(text)")
    }
    let lonely = try ImageFolder(countPerClass: 1)
    var configuration = TrainingConfiguration(data: lonely.path)
    configuration.folds = 2
    #expect(throws: ConfigurationError.self) { try EnsembleRun(configuration, output: nil) }
    // A run of one network refuses several.
    #expect(throws: ConfigurationError.self) { try TrainingRun(configuration, output: nil) }
  }
}
