import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining
@testable import MillraceWorkshop

struct TuningReportTests {
  private static let folder = TuningFolder(path: "tunings/my <1>")

  @Test func `The plan is one sentence`() {
    #expect(
      TuningFigures(record: .sample()).plan
        == "4 candidates in 2 rungs of 2 and 4 epochs (120 steps, about 1:00), then the winner for 4 epochs "
        + "(48 steps, about 24.0 s)")
  }

  @Test func `The page shows every candidate, its curve, and what each setting was worth`() throws {
    let page = TuningPage(folder: Self.folder, record: .sample()).html
    let reader = try #require(PageReader(page))
    #expect(reader.fetched.isEmpty && reader.count("b") == reader.count("div", class: "tile"))
    let said = reader.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in [
      "Tuning my <1>", "Candidate 3 is better than chance explains, and wins.",
      "77.5 % (73.2–81.3) 78.8 % (74.5–82.5)", "1 mirror yes diverged", "60 better, 0 worse, p below 0.001",
      "augment rotate:10 <b>", "auto, epoch 4: 70.00 %", "3, epoch 4: 70.00 %",
      "augment rotate:10 <b> 3 +15.0 points rung 2 of 2", "lr 0.002 2 −1.3 points rung 1 of 2",
      "millrace train --config 'tunings/my <1>/best.yaml'",
      "millrace tune --config 'tunings/my <1>/config.yaml' --steps 168 --include mirror,lr,augment",
      "usual for momentum", "25.0 % held back", "3: augment rotate:10 <b>",
    ] {
      let isThere = said.contains(text)
      #expect(isThere, "\(text)")
    }
    #expect(reader.count("tr", class: "best") == 1)
    // Each column has a name.
    #expect(!page.contains("<th scope=\"col\"></th>"))
    #expect(!page.contains("http-equiv"))
  }

  @Test(arguments: 0...6) func `The page of a search under way is whole, too, and reloads itself`(
    jobs: Int
  )
    throws
  {
    let page = TuningPage(folder: Self.folder, record: .sample(jobs: jobs)).html
    let reader = try #require(PageReader(page))
    #expect(page.contains("http-equiv") == (jobs < 6))
    #expect(reader.text.contains("candidates"))
  }

  @Test func `The table has a row for each candidate and rung`() {
    let rows = TuningCSV.text(of: .sample()).split(separator: "\n")
    #expect(rows[0].hasPrefix("rung,fold,candidate,changes,epochs,steps,"))
    #expect(rows.count == 7)
    #expect(rows[1].hasPrefix("1,0,0,auto,2,20,12345,310,400,0.775,0.731"))
    #expect(rows[1].hasSuffix(",0.9,,,,1,9.800"))
    #expect(rows[2] == "1,0,1,mirror yes,2,20,12345,,,,,,,,,,0,9.800")
    #expect(rows[3].hasPrefix("1,0,2,\"lr 0.002, mirror yes\",2,") && rows[3].contains(",0,5,0.0625,0,"))
    #expect(rows[6].hasPrefix("2,0,3,augment rotate:10 <b>,4,40,") && rows[6].hasSuffix(",1,9.800"))
  }

  @Test func `In a terminal the end says what was found and what to do`() {
    let text = TuningText(.sample(), in: Self.folder).lines(isTrained: false)
    #expect(
      text == [
        "searched    6 trainings of 4 candidates in 1:23",
        "automatic   78.8 % (74.5–82.5) of 400 validation images",
        "best other  93.8 % (90.9–95.7): augment rotate:10 <b>",
        "only one    60 better, 0 worse, p below 0.001",
        "verdict     candidate 3 is better than chance explains, and wins",
        "settings    tunings/my <1>/best.yaml", "report      tunings/my <1>/report.html",
        "next        millrace train --config 'tunings/my <1>/best.yaml'",
      ])
  }

  @Test func `Where there is no terminal each judged candidate is a plain line, after the plan`() {
    let paper = Paper()
    let reporter = TuningReporter(folder: Self.folder, notices: ["a note"], on: paper.terminal())
    let record = TuningRecord.sample(jobs: 1)
    reporter.receive(.started(.sample(jobs: 0)))
    let job = HalvingState.Job(candidate: 0, rung: 0)
    reporter.receive(.jobStarted(job, record))
    reporter.receive(
      .training(job, .stepFinished(StepReport(epoch: .sample(epoch: 0), step: 1, stepsPerEpoch: 9))))
    reporter.receive(.judged(job, record))
    reporter.close()
    #expect(paper.lines[0] == "plan    " + TuningFigures(record: record).plan)
    #expect(paper.lines.contains("note: a note"))
    // Three others were tried, and 2 / 2⁷ is the first below 0.05 / 3.
    #expect(
      paper.lines.contains(
        "chance  7 more right of 400 images (1.8 %) is the smallest difference that is not chance"))
    #expect(paper.lines.last == "rung 1 of 2, candidate 0: 77.5 % (73.2–81.3) after 2 epochs: auto")
    #expect(!paper.text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  @Test func `In a terminal the table is redrawn in its place, and stays at the end`() {
    let paper = Paper()
    var terminal = paper.terminal(columns: 80, interactive: true)
    terminal.rows = { 30 }
    let reporter = TuningReporter(folder: Self.folder, on: terminal)
    reporter.receive(.started(.sample(jobs: 0)))
    for jobs in 0..<6 {
      let record = TuningRecord.sample(jobs: jobs + 1)
      guard let job = record.state.results.last?.job else { return }
      reporter.receive(.jobStarted(job, .sample(jobs: jobs)))
      reporter.receive(.judged(job, record))
    }
    reporter.close()
    // Four candidates, a heading and the line below: five lines up.
    #expect(paper.text.contains("\r\u{1B}[5A\u{1B}[J"))
    #expect(paper.text.split(separator: "\u{1B}[J").last?.split(separator: "\n").count == 5)
    #expect(paper.text.hasSuffix("augment rotate:10 <b>\n"))
  }

  @Test func `A quiet search shows nothing`() {
    let paper = Paper()
    let reporter = TuningReporter(.quiet, folder: Self.folder, notices: ["a note"], on: paper.terminal())
    reporter.receive(.started(.sample(jobs: 0)))
    reporter.receive(.finished(.sample()))
    reporter.close()
    #expect(paper.text.isEmpty)
  }

  @Test func `A range test is a page and a table`() throws {
    let output = try TemporaryFolder()
    var curve = LearningRateCurve()
    for step in 0..<200 {
      let rate = LearningRateRange().rate(ofStep: step)
      curve.add(rate: rate, loss: rate < 0.01 ? 2 - rate * 100 : 1 + rate * 100)
    }
    let folder = TuningFolder(path: output.path)
    try LearningRateReport.write(curve, of: "a <folder>", to: folder)
    let rows = try String(contentsOfFile: folder.rates, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 201 && rows[0] == "step,lr,loss,smoothed_loss" && rows[1].hasPrefix("1,1e-06,"))
    let page = try String(contentsOfFile: folder.report, encoding: .utf8)
    let reader = try #require(PageReader(page))
    #expect(reader.text.contains("Learning-rate range of") && reader.text.contains("a <folder>"))
    let suggestion = try #require(curve.suggestion)
    #expect(reader.text.contains("suggested rate: \(Figures.significant(suggestion))"))
    #expect(reader.text.contains("1e-06") && reader.fetched.isEmpty)
    #expect(LearningRateText(curve).lines(in: folder)[0].contains("--lr \(Figures.significant(suggestion))"))
  }
}
