import Foundation
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining

struct RunListTests {
  /// Writes the files that a run would leave.
  private func write(
    _ name: String, accuracy: Double, in folder: TemporaryFolder, state: RunRecord.State = .finished
  ) throws -> RunFolder {
    let run = RunFolder(path: "\(folder.path)/\(name)")
    try FileManager.default.createDirectory(atPath: run.path, withIntermediateDirectories: true)
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    record.validationSet = "a"
    record.state = state
    record.seconds = state == .finished ? 83 : nil
    record.settings = [
      RunRecord.Setting(key: "data", text: "photos", isGiven: true),
      RunRecord.Setting(key: "epochs", text: "3", isGiven: true),
      RunRecord.Setting(key: "lr", text: "0.1", reason: "usual", isGiven: false),
    ]
    record.epochs[1].validation = LossSum(mean: 1 - accuracy, accuracy: accuracy)
    try record.write(to: run)
    try "data: photos\n".write(toFile: run.configuration, atomically: true, encoding: .utf8)
    return run
  }

  private func evaluation(correct: Int, of count: Int) -> Evaluation {
    Evaluation(
      count: count, loss: 0.5, accuracy: Double(correct) / Double(count), topK: [], classes: [],
      confusion: ConfusionMatrix(rows: [[correct, count - correct], [0, 0]]),
      calibration: nil, mistakes: [], skipped: [])
  }

  @Test func `Runs are listed the best first, with what was given and the last evaluation`() throws {
    let folder = try TemporaryFolder()
    _ = try write("2", accuracy: 0.8, in: folder)
    let best = try write("10", accuracy: 0.9, in: folder)
    _ = try write("3", accuracy: 0.7, in: folder, state: .stopped)
    try FileManager.default.createDirectory(atPath: "\(folder.path)/other", withIntermediateDirectories: true)

    #expect(try Report.keep(evaluation(correct: 45, of: 50), on: "photos/test", in: best))
    let list = try RunList(in: folder.path + "/")
    #expect(list.runs.map { $0.path.split(separator: "/").last } == ["10", "2", "3"])
    #expect(list.runs[0].given == ["epochs": "3"])
    #expect(list.runs[0].test?.correct == 45 && list.runs[0].testData == "photos/test")
    #expect(list.runs[1].test == nil && list.runs[2].state == "stopped" && list.runs[2].seconds == nil)
    let lines = RunListText(list).lines(width: nil)
    #expect(lines.count == 4)
    for text in ["90.0 % (88.0–91.7)", "90.0 % (78.6–95.7)", "1:23", "epochs 3"] {
      #expect(lines[1].contains(text), "\(text)")
    }
    #expect(lines[3].contains("3 of 20"))
    // The run's own page says it, too, and the rest of its record is unchanged.
    let page = try String(contentsOfFile: best.report, encoding: .utf8)
    #expect(page.contains("accuracy on photos/test"))
    #expect(try RunRecord(of: best).epochs.count == 3)
  }

  @Test func `The figure of a run that was refitted since says so`() throws {
    let folder = try TemporaryFolder()
    let run = try write("1", accuracy: 0.9, in: folder)
    #expect(try RunListText(RunList(in: folder.path)).lines(width: nil).allSatisfy { !$0.contains("refit") })
    var record = try RunRecord(of: run)
    record.add(EpochReport.sample(epoch: 0, validated: false), examination: nil)
    try record.write(to: run)
    let list = try RunList(in: folder.path)
    #expect(list.runs[0].isRefitted)
    #expect(RunListText(list).lines(width: nil)[1].contains("90.0 % (88.0–91.7) before refit"))
  }

  @Test func `An evaluation is not written into a run that is under way, nor into a folder without a record`()
    throws
  {
    let folder = try TemporaryFolder()
    let run = try write("1", accuracy: 0.8, in: folder, state: .running)
    #expect(try !Report.keep(evaluation(correct: 1, of: 2), on: "x", in: run))
    #expect(try !Report.keep(evaluation(correct: 1, of: 2), on: "x", in: RunFolder(path: folder.path)))
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/report.json"))
  }

  @Test func `A folder without a run is an error that says what to give`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ReportError.noRuns(path: folder.path)) { try RunList(in: folder.path) }
  }
}
