import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

@testable import MillraceReports

struct ReportWriterTests {
  private func configuration(_ images: ImageFolder, epochs: Int = 3) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(images.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [12]
    configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, rotate:15")
    configuration.validationFraction = 0.4
    configuration.optimization.batchSize = 16
    configuration.optimization.epochs = epochs
    return configuration
  }

  @Test func `A page stands from the start of a run to its end, and is drawn again the same`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    let run = try TrainingRun(try configuration(images), output: output.path)
    let folder = try #require(run.folder)
    func page() throws -> String { try String(contentsOfFile: folder.report, encoding: .utf8) }
    var states: [String] = []
    let watch = AtEachEvent { event in
      switch event {
      case .started, .epochFinished, .finished:
        let page = try page()
        let reader = try #require(PageReader(page))
        let status = page.contains("http-equiv=\"refresh\"") ? "running" : "done"
        states.append("\(status) \(reader.text.contains("epoch 1: "))")
      default: break
      }
    }
    let writer = ReportWriter()
    let summary = try run.train(observers: [writer, watch])
    writer.close()
    #expect(states.first == "running false" && states.last == "done true")
    #expect(states[1] == "running true")

    let written = try page()
    let isSame = try Report.html(of: [folder]) == written
    #expect(isSame, "a page drawn again is another")
    let text = try #require(PageReader(written)).text
    let best = try #require(summary.best.validation)
    #expect(text.contains(Figures.percent(best.accuracy, digits: 2)))
    #expect(text.contains(Figures.fixed(best.mean, 4)))
    #expect(text.contains("Finished: 3 epochs"))
  }

  @Test func `The report has no influence on the model`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    let configuration = try configuration(images)
    let watched = try TrainingRun(configuration, output: output.path).train(observers: [ReportWriter()])
    let isSame =
      try TrainingRun(configuration, output: nil).train().model.parameters == watched.model.parameters
    #expect(isSame)
  }

  @Test func `A run that was stopped says so, and a resumed one goes on with its epochs`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    struct Stop: Error {}
    let writer = ReportWriter()
    let stop = AtEachEvent { event in
      if case .epochFinished(let report) = event, report.epoch == 2 { throw Stop() }
    }
    let run = try TrainingRun(try configuration(images, epochs: 4), output: output.path)
    let folder = try #require(run.folder)
    #expect(throws: Stop.self) { try run.train(observers: [writer, stop]) }
    writer.close()
    #expect(try RunRecord(of: folder).state == .stopped)

    try TrainingRun(resuming: folder.path).train(observers: [MetricsCSV(), ReportWriter()])
    let record = try RunRecord(of: folder)
    #expect(record.state == .finished && record.epochs.map(\.epoch) == [0, 1, 2, 3])
    #expect(record.epochs[0].statistics?.weights.first?.histogram.isEmpty == false)
  }

  @Test func `A run whose process is gone is not under way`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    var run: TrainingRun? = try TrainingRun(try configuration(images), output: output.path)
    let folder = try #require(run?.folder)
    try run?.train(observers: [ReportWriter()])
    var record = try RunRecord(of: folder)
    record.state = .running
    try record.write(to: folder)
    // Nobody holds the lock on the folder, as after a kill.
    run = nil
    #expect(try RunRecord(of: folder).state == .stopped)
    #expect(try PageReader(Report.html(of: [folder]))?.text.contains("Stopped after 3 epochs") == true)
    #expect(try PageReader(Report.html(of: [folder, folder]))?.text.contains("running") == false)
  }

  @Test func `Without its record a run is drawn from its other files`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    let run = try TrainingRun(try configuration(images), output: output.path)
    let folder = try #require(run.folder)
    let summary = try run.train(observers: [MetricsCSV()])
    #expect(!FileManager.default.fileExists(atPath: folder.record))
    let reader = try #require(PageReader(try Report.html(of: [folder])))
    let best = try #require(summary.best.validation)
    #expect(reader.text.contains(Figures.percent(best.accuracy, digits: 2)))
    // The units of the first layer come from the model; they are drawn where they are more than noise.
    let layer = try #require(try RunRecord(of: folder).firstLayer)
    #expect(layer.pictures.count == 12 && reader.count("img") == (layer.saysSomething ? 12 : 0))
  }

  @Test func `A record that is behind is completed from the figures`() throws {
    let images = try ImageFolder()
    let output = try TemporaryFolder()
    let run = try TrainingRun(try configuration(images), output: output.path)
    let folder = try #require(run.folder)
    try run.train(observers: [MetricsCSV(), ReportWriter()])
    var record = try RunRecord(of: folder)
    let losses = record.epochs.map(\.training.mean)
    record.epochs.removeLast(2)
    try record.write(to: folder)
    let completed = try RunRecord(of: folder)
    #expect(completed.epochs.count == 3)
    #expect(
      zip(completed.epochs, losses).allSatisfy { abs(($0.training.mean ?? .nan) - ($1 ?? .nan)) < 1e-9 })
  }

  @Test func `What is no run, or damaged, is named`() throws {
    let folder = RunFolder(path: try TemporaryFolder().path)
    #expect(throws: ReportError.noRun(path: folder.path)) { try Report.html(of: [folder]) }
    let other = try TemporaryFolder()
    let damaged = RunFolder(path: other.path)
    try Data("{\"format\": \"another\"}".utf8).write(to: URL(fileURLWithPath: damaged.record))
    #expect(throws: ReportError.damaged(path: damaged.record)) { try Report.html(of: [damaged]) }

    try FileManager.default.removeItem(atPath: damaged.record)
    try Data("epochs: 3\nlr: fast\n".utf8).write(to: URL(fileURLWithPath: damaged.configuration))
    let error = #expect(throws: ReportError.self) { try Report.html(of: [damaged]) }
    #expect(error?.description.hasPrefix("\(damaged.configuration):2: lr: must be a number") == true)
    // A file that a run has written is not judged like one that a person writes.
    try Data("momentum: 0.5\noptimizer: adam\n".utf8)
      .write(to: URL(fileURLWithPath: damaged.configuration))
    #expect(throws: Never.self) { try Report.html(of: [damaged]) }
  }
}
