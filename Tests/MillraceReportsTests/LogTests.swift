import Foundation
import MillraceNetwork
import MillracePipeline
import Testing

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining

struct LogTests {
  /// A folder that is removed when the test ends.
  private final class Folder {
    let path: String

    init() throws {
      path =
        FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
  }

  @Test func eachEpochIsARowAsSoonAsItIsDone() throws {
    let folder = try Folder()
    let log = MetricsCSV()
    try log.receive(.started(.sample(folder: folder.path)))
    try log.receive(.epochFinished(.sample(epoch: 0)))
    let row = "0.31234,0.912,0.28,0.921,0.05,4.900,12345.0,0.0300,0.4000,,,,1\n"
    let heading =
      "epoch,train_loss,train_accuracy,val_loss,val_accuracy,lr,seconds,images_per_second,compute_wait,loader_wait,"
      + "weight_norm,gradient_norm,zero_weights,best\n"
    #expect(try folder.text("metrics.csv") == heading + "1," + row)
    try log.receive(.epochFinished(.sample(epoch: 1, validated: false)))
    #expect(
      try folder.text("metrics.csv") == heading + "1," + row + "2," + row.replacing("0.28,0.921", with: ","))
  }

  @Test func ofNoSamplesThereIsNoFigure() throws {
    var report = EpochReport.sample()
    (report.training, report.validation) = (LossSum(), LossSum())
    #expect(MetricsCSV.cells(report)[1...4] == ["", "", "", ""])
    #expect(
      !EpochSummary.values(report).contains { $0.tag.hasPrefix("loss") || $0.tag.hasPrefix("accuracy") })
    #expect(ProgressLine(columns: nil).epoch(report).contains("val loss –  val accuracy –"))
  }

  @Test func normsAndZerosOfTheWeightsAreInTheRow() throws {
    var report = EpochReport.sample(epoch: 0)
    let weights = WeightStatistics(
      name: "0.dense.weight", count: 4, range: -3...4, mean: 0.5, deviation: 3.5, zeros: 0.25,
      gradientNorm: 1,
      histogram: [1, 3])
    report.statistics = NetworkStatistics(gradientNorm: 0.125, weights: [weights], rectified: [])
    // ‖w‖² = 4 · (3.5² + 0.5²)
    #expect(MetricsCSV.cells(report).suffix(4) == ["7.071", "0.125", "0.2500", "1"])
  }

  @Test func aResumedRunContinuesItsRows() throws {
    let folder = try Folder()
    let log = MetricsCSV()
    try log.receive(.started(.sample(folder: folder.path)))
    for epoch in 0..<3 { try log.receive(.epochFinished(.sample(epoch: epoch))) }
    // The checkpoint was saved after the first epoch: later rows will be written again.
    var start = TrainingStart.sample(folder: folder.path)
    start.epochsTold = 1
    let second = MetricsCSV()
    try second.receive(.started(start))
    try second.receive(.epochFinished(.sample(epoch: 1)))
    #expect(try folder.text("metrics.csv").split(separator: "\n").map { $0.prefix(2) } == ["ep", "1,", "2,"])
  }

  @Test func eachBadFileIsListedOnce() throws {
    let folder = try Folder()
    let log = BadFilesCSV()
    try log.receive(.started(.sample(folder: folder.path)))
    #expect(try folder.text("bad-files.csv") == "path,reason\n")
    for _ in 0..<2 {
      try log.receive(.fileSkipped(SkippedSample(sample: 3, path: "a, b.png", reason: "has \"no\" end")))
    }
    #expect(try folder.text("bad-files.csv") == "path,reason\n\"a, b.png\",\"has \"\"no\"\" end\"\n")
  }

  @Test func aRunWithoutAFolderWritesNothing() throws {
    for observer in [MetricsCSV(), BadFilesCSV()] as [any TrainingObserver] {
      try observer.receive(.started(.sample(folder: nil)))
      try observer.receive(.epochFinished(.sample()))
      try observer.receive(.fileSkipped(SkippedSample(sample: 3, path: "a", reason: "b")))
    }
  }

  @Test func aFolderThatCannotBeWrittenIsAnError() throws {
    #expect(throws: FileError.cannotCreate(path: "/dev/null/metrics.csv", code: ENOTDIR)) {
      try MetricsCSV().receive(.started(.sample(folder: "/dev/null")))
    }
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"a\"", "\"say \"\"a\"\"\""),
    ("two\nlines", "\"two\nlines\""),
    (" edge", "\" edge\""), ("", ""),
  ])
  func cellsAreQuotedWhereTheyNeedIt(text: String, cell: String) {
    #expect(CSV.cell(text) == cell)
  }
}
