import Foundation
import MillraceImages
import MillraceModels
import MillraceReports
import MillraceTraining
import Testing
import _MillraceTestSupport

/// The logs of a run that was stopped and resumed equal those of an uninterrupted one.
struct ResumedLogTests {
  private static let timing: Set = ["seconds", "images_per_second", "compute_wait", "loader_wait"]

  /// The file's cells without those of times.
  private func cells(_ path: String) throws -> [[Substring]] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let kept = rows[0].indices.filter { !Self.timing.contains(String(rows[0][$0])) }
    return rows.map { row in kept.map { row[$0] } }
  }

  @Test(arguments: [false, true])
  func `Rows are neither lost nor written twice, wherever a run is stopped or killed`(isKilled: Bool) throws {
    let images = try ImageFolder(countPerClass: 8)
    for name in ["class0/bad.png", "class2/worse.png"] {
      try Data("no image".utf8).write(to: URL(fileURLWithPath: "\(images.path)/\(name)"))
    }
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 6, height: 6)
    configuration.hidden = [6]
    configuration.validationFraction = 0.3
    configuration.optimization.epochs = 3
    configuration.optimization.batchSize = 6
    configuration.optimization.refits = true
    configuration.execution.checkpointInterval = .steps(2)
    let output = try TemporaryFolder()
    func folder(_ name: String) -> RunFolder { RunFolder(path: output.file(name)) }
    func logs() -> [any TrainingObserver] { [MetricsCSV(), BadFilesCSV()] }

    var events = 0
    let count = AtEachEvent { _ in
      // This is the state that a kill leaves: the rows of this event are written, but its checkpoint is not.
      if isKilled {
        try FileManager.default.copyItem(atPath: folder("whole").path, toPath: folder("\(events)").path)
      }
      events += 1
    }
    try TrainingRun(configuration, output: output.path, name: "whole").train(observers: logs() + [count])
    let (metrics, bad) = (try cells(folder("whole").metrics), try cells(folder("whole").badFiles))
    #expect(metrics.count > 4 && bad.count == 3)

    for event in 0..<events {
      let folder = folder("\(event)")
      if !isKilled {
        // The stop comes before the logs or after them, so an event's end may reach only some observers.
        let stop = StopAtEvent(event)
        let observers = event % 2 == 0 ? [stop] + logs() : logs() + [stop]
        _ = try? TrainingRun(configuration, output: output.path, name: "\(event)").train(observers: observers)
        guard folder.hasCheckpoint else { continue }
      }
      do {
        try TrainingRun(resuming: folder.path).train(observers: logs())
      } catch ResumeError.finished {}
      let isSame = (try cells(folder.metrics) == metrics, try cells(folder.badFiles) == bad)
      #expect(isSame == (true, true), "event \(event)")
    }
  }
}
