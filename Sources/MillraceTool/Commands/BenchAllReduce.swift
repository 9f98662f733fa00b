import ArgumentParser
import MillraceModels
import MillraceReports
import MillraceTraining
import MillraceWorkshop

struct BenchAllReduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all-reduce",
    abstract: "Measure how fast several machines add up their gradients.",
    discussion: """
      Sums vectors of 1 to 100 MB over the ranks that an MPI launcher has started, along the fixed tree of train, and \
      beside it with the library's MPI_Allreduce. Needs a millrace that was built with '--traits MPI'.

      Examples:
        mpirun -n 2 millrace bench all-reduce
        mpirun -n 8 --hostfile hosts millrace bench all-reduce --json

      Next: mpirun -n 8 --hostfile hosts millrace train DATA
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Lengths of the vectors in 10⁶ bytes.", valueName: "MB"))
  var megabytes = AllReduceBenchmark().megabytes

  @OptionGroup(title: "Measurement") var timing: TimingOptions
  @OptionGroup(title: "Output") var format: ResultOptions

  func run() throws {
    try RankSession.run { ranks in
      guard !ranks.isAlone else {
        throw ValidationError(
          "there is one process and nothing to add up; start several, as in: mpirun -n 2 millrace bench all-reduce"
        )
      }
      var benchmark = AllReduceBenchmark()
      benchmark.timing = timing.timing
      benchmark.megabytes = megabytes
      let result: AllReduceBenchmark.Result
      do {
        result = try benchmark.run(ranks)
      } catch let error as ConfigurationError {
        // Before anything is measured, and on all ranks, which have the same arguments.
        ranks.endTogether()
        throw error
      }
      guard ranks.isFirst else { return }
      try format.show(result) { BenchmarkText.lines(result, width: $0) }
    }
  }
}
