import ArgumentParser
import MillracePipeline
import MillraceReports
import MillraceTraining
import MillraceWorkshop

struct BenchCompute: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute",
    abstract: "Measure how fast training steps are on images that lie in memory.",
    usage: "millrace bench compute [DATA] [options]",
    discussion: """
      Runs the steps of train on random images with 1 to --workers threads, and holds them against plain matrix \
      products of the same machine. DATA is only asked for its classes.

      Examples:
        millrace bench compute --channels gray --image-size 28 --hidden 800
        millrace bench compute photos --image-size 64 --batch-size 256 --json
        millrace bench compute --hidden 800 --workers 2 --print-program

      Next: millrace bench train DATA
      """)

  @OptionGroup var options: RunOptions

  @Option(
    help: ArgumentHelp("The network's outputs (default: the classes of DATA, else 10).", valueName: "n"))
  var classes: Int?

  @Flag(help: "Print what each worker does in a step, an operation a line, and measure nothing.")
  var printProgram = false

  @Option(help: ArgumentHelp("With --print-program: the processes that train together.", valueName: "n"))
  var ranks = 1

  @Option(help: ArgumentHelp("With --print-program: the process whose workers are shown.", valueName: "r"))
  var rank = 0

  @OptionGroup(title: "Measurement") var timing: TimingOptions
  @OptionGroup(title: "Output") var format: ResultOptions

  func validate() throws {
    if classes != nil && options.data.data != nil {
      throw ValidationError("--classes leaves DATA without effect; leave one of them out")
    }
    for (flag, isGiven) in [("--ranks", ranks != 1), ("--rank", rank != 0)] where isGiven && !printProgram {
      throw ValidationError("\(flag) has no effect without --print-program")
    }
  }

  func run() throws {
    let configuration = try options.configuration(idle: .computing, needsData: false, note: format.note)
    if printProgram {
      let listing = try StepListing(
        configuration, classCount: classCount(configuration), ranks: ranks, rank: rank)
      return try format.show(listing) { _ in listing.lines }
    }
    var benchmark = ComputeBenchmark()
    benchmark.timing = timing.timing
    let result = try benchmark.run(configuration, classCount: classCount(configuration))
    try format.show(result) { BenchmarkText.lines(result, width: $0) }
  }

  private func classCount(_ configuration: TrainingConfiguration) throws -> Int {
    if let classes { return classes }
    if configuration.data.isEmpty { return 10 }
    return try DatasetTree.scan(
      configuration.data, layout: configuration.layout, labels: configuration.labels
    ).training.classes.count
  }
}
