import ArgumentParser
import MillraceReports
import MillraceWorkshop

struct BenchTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Measure whole training, and who waits for whom.",
    usage: "millrace bench train DATA [options]",
    discussion: """
      Loads and computes as train does, without validation and without writing anything.

      Examples:
        millrace bench train photos --image-size 64 --augment photos
        millrace bench train mnist/train --channels gray --image-size 28 --hidden 800 --workers 1 --json

      Next: millrace train DATA, with the threads that came out best
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Measurement") var timing: TimingOptions
  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    var benchmark = TrainBenchmark()
    benchmark.timing = timing.timing
    let result = try benchmark.run(options.configuration(idle: .training, note: format.note))
    try format.show(result) { BenchmarkText.lines(result, width: $0) }
  }
}
