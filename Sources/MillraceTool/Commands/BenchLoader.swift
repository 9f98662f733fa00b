import ArgumentParser
import MillraceReports
import MillraceWorkshop

struct BenchLoader: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loader",
    abstract: "Measure how fast files become minibatches.",
    usage: "millrace bench loader DATA [options]",
    discussion: """
      Reads, decodes and augments as training does, with 1 to --loaders threads, and says what an image's time goes to.

      Examples:
        millrace bench loader photos --image-size 64 --augment photos
        millrace bench loader mnist/train --channels gray --image-size 28 --json

      Next: millrace bench train DATA
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Measurement") var timing: TimingOptions
  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    var benchmark = LoaderBenchmark()
    benchmark.timing = timing.timing
    let result = try benchmark.run(options.configuration(idle: .loading, note: format.note))
    try format.show(result) { BenchmarkText.lines(result, width: $0) }
  }
}
