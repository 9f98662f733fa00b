import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure images per second: loading, computing, or whole training.",
    discussion: """
      Takes the data, image, network and thread flags of train, so it measures the run you mean. Writes nothing.

      Examples:
        millrace bench loader photos --image-size 64 --augment photos
        millrace bench compute --channels gray --image-size 28 --hidden 800
        millrace bench train photos --image-size 64 --augment photos

      Next: millrace train DATA, with the threads that came out best
      """,
    subcommands: [BenchLoader.self, BenchCompute.self, BenchTrain.self, BenchAllReduce.self])
}
