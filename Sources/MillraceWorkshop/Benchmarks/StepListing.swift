import MillraceModels
import MillraceNetwork
import MillraceShards
package import MillraceTraining

/// A listing of what each worker of a process does in a training step: the program that training carries out.
package struct StepListing: Sendable, Encodable {
  /// The number of processes that train together.
  package let ranks: Int
  /// The process whose program is listed.
  package let rank: Int
  /// The number of its workers.
  package let workers: Int
  /// The number of parts in which a minibatch's gradient is computed.
  package let shards: Int
  /// The widths of the network, inputs first.
  package let widths: [Int]
  /// The program, with one operation on a line.
  package let lines: [String]

  /// Lists a step of a training run.
  ///
  /// - Parameters:
  ///   - configuration: The image and network settings, and the number of workers, which is the same for all
  ///     processes.
  ///   - classCount: The number of the network's outputs, at least 2.
  ///   - ranks: The number of processes that train together, at least 1.
  ///   - rank: The process whose program is listed, from 0 on.
  /// - Throws: ``ConfigurationError``.
  package init(_ configuration: TrainingConfiguration, classCount: Int, ranks: Int = 1, rank: Int = 0) throws
  {
    try configuration.validate()
    try require((1...1024).contains(ranks), "ranks", "must be from 1 to 1024, got \(ranks)")
    try require((0..<ranks).contains(rank), "rank", "must be from 0 to \(ranks - 1), got \(rank)")
    let network = try ComputeBenchmark.network(of: configuration, classCount: classCount)
    self.init(
      network.network, network.configuration.optimization,
      workers: network.configuration.execution.resolvedWorkers, ranks: ranks, rank: rank)
  }

  init(_ network: Network, _ options: OptimizationOptions, workers: Int, ranks: Int, rank: Int) {
    let placement = Placement(
      StepLayout(network: network, shards: ShardPlan(count: options.resolvedShards)),
      capacity: options.batchSize, rank: rank, ranks: ranks, workers: workers, mostWorkers: workers)
    let kind = StepProgram.Kind(measuresNorm: options.regularization.clipNorm != nil, isOfParts: ranks > 1)
    (self.ranks, self.rank, self.workers, shards) = (ranks, rank, workers, options.resolvedShards)
    widths = network.widths
    lines = ProgramBuilder.program(placement, kind).description.split(separator: "\n").map(String.init)
  }
}
