import ArgumentParser
import MillraceWorkshop

/// How long a benchmark measures.
struct TimingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Windows measured; the median counts.", valueName: "n"))
  var repetitions = BenchmarkTiming().repetitions

  @Option(help: ArgumentHelp("The length of a window.", valueName: "seconds"))
  var seconds = BenchmarkTiming().seconds

  var timing: BenchmarkTiming {
    var timing = BenchmarkTiming()
    timing.repetitions = repetitions
    timing.seconds = seconds
    return timing
  }
}
