import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct EvaluationSlicesTests {
  @Test func `Thirds are of equal size, and equal values stay together`() {
    func thirds(_ values: [Double?]) -> SliceNames {
      SliceNames.thirds(
        of: values, named: ["least", "middle", "largest"], none: "none", text: { "\(Int($0))" })
    }
    let plain = thirds([9, 1, 5, 2, 8, 6])
    #expect(plain.order == ["least: 1 to 2", "middle: 5 to 6", "largest: 8 to 9"])
    #expect(plain.ofSample.map { $0.prefix(1) } == ["l", "l", "m", "l", "l", "m"])
    #expect(plain.ofSample[0] == "largest: 8 to 9")
    // Both cuts are at 1: what is below them is nothing.
    #expect(thirds([1, 1, 1, 1, 1, 7]).order == ["all: 1 to 7"])
    #expect(thirds([1, 1, 1, 7, 7, 9]).order == ["middle: 1", "largest: 7 to 9"])
    #expect(thirds([4, 4, nil, 4]).order == ["all: 4", "none"])
    #expect(thirds([4, 4, nil, 4]).ofSample == ["all: 4", "all: 4", "none", "all: 4"])
    #expect(thirds([nil]).order == ["none"] && thirds([]).order.isEmpty)
  }

  @Test func `Texts are slices in natural order, and many numbers are thirds`() throws {
    let names = try SliceNames.of(["b10", "b9", "", "b9"], column: "c")
    #expect(names.order == ["(nothing)", "b9", "b10"] && names.ofSample[2] == "(nothing)")
    #expect(try SliceNames.of(["1", "2", "10"], column: "c").order == ["1", "2", "10"])
    let ages = try SliceNames.of((0..<60).map { "\($0).5" }, column: "age")
    #expect(ages.order == ["least: 0.5 to 19.5", "middle: 20.5 to 39.5", "largest: 40.5 to 59.5"])
    let error = #expect(throws: ConfigurationError.self) {
      try SliceNames.of((0..<51).map { "x\($0)" }, column: "id")
    }
    #expect(error?.problem.contains("51 different texts") == true)
  }

  @Test func `A slice's figures are those of an evaluation of its images alone`() throws {
    let folder = try ImageFolder(counts: [12, 12, 12])
    let output = try TemporaryFolder()
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [6]
    configuration.optimization.epochs = 2
    configuration.trainOnEverything()
    let model = try TrainingRun(configuration, output: nil).train().model
    // One image of another size, and one that cannot be read.
    let large = ImageFolder.draw(label: 1, of: 3, number: 50, side: 30, channels: .rgb)
    try Data(ImageEncoder.png(large)).write(to: URL(fileURLWithPath: "\(folder.path)/class1/large.png"))
    try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/class0/0.png"))
    let rows = folder.names.enumerated().map {
      "\($1),\($1.prefix { $0 != "/" }),\($0 % 2 == 0 ? "night" : "")"
    }
    let table = try output.put(
      Array("path,label,light\n\(rows.joined(separator: "\n"))\n".utf8), at: "t.csv")
    let images = try MeasuredImages(folder.path, labels: table, classes: model.classes)
    let evaluation = try model.evaluate(images.dataset)
    #expect(evaluation.count == 36 && evaluation.skipped.count == 1)

    let light = try EvaluationSlices(.column("light"), of: evaluation, on: images)
    #expect(light.slices.map(\.name) == ["(nothing)", "night"])
    #expect(light.slices.reduce(0) { $0 + $1.count } == 36)
    #expect(light.slices.reduce(0) { $0 + $1.correct } == evaluation.correct)
    let dark = Set(
      folder.names.enumerated().filter { $0.offset % 2 == 0 }.map { "\(folder.path)/\($0.element)" })
    let part = images.dataset.subset(
      (0..<images.dataset.count).filter { dark.contains(images.dataset.path(of: $0)) })
    let alone = try model.evaluate(part)
    let expected = EvaluationFigures(alone)
    let night = light.slices[1]
    #expect(night.count == alone.count && night.correct == alone.correct)
    #expect(night.accuracy == expected.accuracy)
    func isSame(_ one: Estimate?, _ other: Estimate?) -> Bool {
      guard let one, let other, let a = one.interval, let b = other.interval else { return false }
      return abs(one.value - other.value) < 1e-6 && abs(a.lowerBound - b.lowerBound) < 1e-6
        && abs(a.upperBound - b.upperBound) < 1e-6
    }
    #expect(isSame(night.meanRecall, expected.macro.recall) && isSame(night.loss, expected.loss))
    #expect(isSame(night.calibrationError, expected.calibrationError))

    let sizes = try EvaluationSlices(.size, of: evaluation, on: images)
    #expect(sizes.slices.map(\.name) == ["all: 144 pixels to 900 pixels"] && sizes.slices[0].count == 36)
    for rule in [SliceRule.brightness, .sharpness] {
      let slices = try EvaluationSlices(rule, of: evaluation, on: images).slices
      #expect(slices.count == 3 && slices.reduce(0) { $0 + $1.count } == 36)
      #expect(slices.allSatisfy { (8...16).contains($0.count) })
    }
    #expect(throws: DatasetError.self) {
      try EvaluationSlices(.column("camera"), of: evaluation, on: images)
    }
    let folders = try MeasuredImages(folder.path, classes: model.classes)
    let error = #expect(throws: ConfigurationError.self) {
      try EvaluationSlices(.column("light"), of: evaluation, on: folders)
    }
    #expect(error?.setting == "slices")
  }
}
