import ArgumentParser
import Millrace
import MillraceReports

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

      Next: millrace bench train DATA
      """)

  @OptionGroup var options: RunOptions

  @Option(
    help: ArgumentHelp("The network's outputs (default: the classes of DATA, else 10).", valueName: "n"))
  var classes: Int?

  @OptionGroup(title: "Measurement") var timing: TimingOptions
  @OptionGroup(title: "Output") var format: ResultOptions

  func validate() throws {
    if classes != nil && options.data.data != nil {
      throw ValidationError("--classes leaves DATA without effect; leave one of them out")
    }
  }

  func run() throws {
    let configuration = try options.configuration(idle: .computing, needsData: false, note: format.note)
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
