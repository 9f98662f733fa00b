import Foundation
import MillraceNetwork
import MillraceReports
import Testing

@testable import MillraceTraining

struct ProgressReporterTests {
  private func step(_ number: Int, of count: Int = 15, seconds: Double) -> TrainingEvent {
    var epoch = EpochReport.sample()
    epoch.seconds = seconds
    return .stepFinished(StepReport(epoch: epoch, step: number, stepsPerEpoch: count))
  }

  @Test func aFileGetsOnePlainLineAnEpoch() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal())
    for number in 1...15 { reporter.receive(step(number, seconds: Double(number))) }
    reporter.receive(.epochFinished(.sample()))
    #expect(
      paper.text == """
        epoch  3/20  loss 0.3123  accuracy 91.20 %  val loss 0.2800  val accuracy 92.10 %  lr 0.05  \
        12,345 images/s  4.9 s  waited for images 3 %, loaders for room 40 %  best

        """)
  }

  @Test func aTerminalGetsOneLineThatIsRedrawnAndThenReplaced() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal(columns: 80, interactive: true))
    reporter.receive(step(5, seconds: 1))
    #expect(
      paper.text
        == "\r3/20  ━━━───────  12.3k images/s  ETA 0:53  loss 0.312  acc 91.2 %  waiting 3 %\u{1B}[K")
    paper.text = ""
    reporter.receive(.epochFinished(.sample()))
    #expect(
      paper.text == "\r\u{1B}[K 3/20  loss 0.312 acc 91.2 %  val 0.280 92.1 %  12.3k/s  waiting 3 %  best\n")
  }

  @Test(arguments: [7, 12, 20, 30, 40, 60, 80, 120, 200]) func everyLineFitsTheTerminal(columns: Int) {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal(columns: columns, interactive: true))
    reporter.receive(step(5, seconds: 1))
    #expect(paper.text.dropFirst().dropLast(3).displayWidth < columns)
    paper.text = ""
    reporter.receive(.epochFinished(.sample()))
    #expect(paper.text.replacing("\r\u{1B}[K", with: "").dropLast().displayWidth <= columns)
  }

  @Test func aWideTerminalNamesEverything() {
    let paper = Paper()
    ProgressReporter(on: paper.terminal(columns: 160, interactive: true)).receive(step(15, seconds: 1))
    #expect(
      paper.text == """
        \repoch 3/20  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  100 %  12,345 images/s  ETA 0:17  loss 0.312  \
        accuracy 91.2 %  waiting for images 3 %, loaders for room 40 %\u{1B}[K
        """)
  }

  @Test func aLineIsRedrawnNoMoreOftenThanAnEyeFollows() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal(columns: 80, interactive: true))
    for number in 1...1000 { reporter.receive(step(number, of: 2000, seconds: Double(number) * 0.001)) }
    #expect(paper.text.count { $0 == "\r" } == 10)
  }

  @Test(arguments: [true, false]) func coloursAppearOnlyWhereTheyAreWanted(color: Bool) {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal(columns: 80, interactive: true, color: color))
    reporter.receive(step(5, seconds: 1))
    reporter.receive(.epochFinished(.sample()))
    #expect(paper.text.contains("m") && paper.text.contains("\u{1B}[36m") == color)
    #expect(paper.text.contains("\u{1B}[1;32mbest\u{1B}[0m") == color)
  }

  @Test func quietSaysNothing() {
    let paper = Paper()
    let reporter = ProgressReporter(.quiet, on: paper.terminal(columns: 80, interactive: true))
    reporter.receive(.started(.sample(folder: "runs/1")))
    reporter.receive(.notice("a notice"))
    reporter.receive(step(5, seconds: 1))
    reporter.receive(.epochFinished(.sample()))
    #expect(paper.text.isEmpty)
  }

  @Test func theStartSaysWhatIsTrainedOnWhat() {
    let paper = Paper()
    ProgressReporter(on: paper.terminal()).receive(.started(.sample(folder: "runs/1")))
    #expect(
      paper.text == """
        data        photos
        images      1,800 in 2 classes
        validation  200 images
        network     784-800-2, 629,602 parameters
        epochs      20
        steps       15 an epoch of up to 136 images
        chosen      8 settings; runs/1/config.yaml says which and why
        run folder  runs/1

        """)
  }

  @Test func aStemIsNamedWithWhatFollowsIt() {
    let paper = Paper()
    var start = TrainingStart.sample(folder: "runs/1")
    var stem = ConvolutionStem(channels: [32, 64])
    stem.head = .flatten
    start.network = NetworkConfiguration(
      inputCount: 3 * 16 * 16, hidden: [HiddenLayer(units: 20)], outputCount: 2)
    start.network.stem = StemConfiguration(
      input: PlaneShape(channels: 3, height: 16, width: 16), convolutions: stem)
    ProgressReporter(on: paper.terminal()).receive(.started(start))
    #expect(paper.text.contains("\nnetwork     conv:32,64;head=flatten, then 1024-20-2, "))
  }

  @Test func theTimeThatARunTakesIsToldOnce() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal())
    var start = TrainingStart.sample(folder: "runs/1")
    // With so many epochs any time is noticeable.
    start.configuration.optimization.epochs = 1_000_000_000
    start.configuration.optimization.refits = true
    reporter.receive(.started(start))
    var report = EpochReport.sample()
    report.epoch = 0
    reporter.receive(.epochFinished(report))
    // This is the first epoch of a refit.
    reporter.receive(.epochFinished(report))
    #expect(paper.text.components(separatedBy: " min in all").count == 2)
  }

  @Test func `A long first epoch does not keep from telling how long all will take`() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal())
    var start = TrainingStart.sample(folder: "runs/1")
    start.configuration.optimization.epochs = 10
    start.configuration.optimization.refits = false
    reporter.receive(.started(start))
    var epoch = EpochReport.sample()
    epoch.epoch = 0
    for (step, seconds) in [(1, 4.0), (2, 12), (3, 18)] {
      epoch.seconds = seconds
      reporter.receive(.stepFinished(StepReport(epoch: epoch, step: step, stepsPerEpoch: 50)))
      #expect(paper.text.contains("in all") == (step > 1))
    }
    // There are ten epochs of fifty steps of six seconds.
    #expect(paper.text.components(separatedBy: "about 50 min in all\n").count == 2)
  }

  @Test func aNoticeTakesTheLineUnderWayAway() {
    let paper = Paper()
    let reporter = ProgressReporter(on: paper.terminal(columns: 80, interactive: true))
    reporter.receive(step(5, seconds: 1))
    paper.text = ""
    reporter.receive(.notice("one\nline"))
    #expect(paper.text == "\r\u{1B}[Knote: one\\x0Aline\n")
    reporter.close()
    #expect(paper.text == "\r\u{1B}[Knote: one\\x0Aline\n")
  }
}
