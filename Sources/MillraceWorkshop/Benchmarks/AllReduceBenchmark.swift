import MillraceModels
import MillraceNetwork
import MillraceShards
import MillraceThreads
package import MillraceTraining

/// How fast ranks add up vectors along the fixed tree, compared with their library, which adds in any order.
package struct AllReduceBenchmark: Sendable {
  /// The speed for one size.
  package struct Measurement: Sendable, Codable {
    /// The length of the vector in 10⁶ bytes.
    package let megabytes: Double
    /// 10⁹ bytes of the vector a second along the fixed tree: the median.
    package let fixedTree: Double
    /// 10⁹ bytes of the vector a second in any order: the median.
    package let anyOrder: Double
    /// The first speed divided by the second.
    package let ratio: Double
  }

  /// The result of a benchmark.
  package struct Result: Sendable, Codable {
    /// The number of processes.
    package let ranks: Int
    /// The hosts of the processes, each once.
    package let hosts: [String]
    /// The sizes, in order.
    package let sizes: [Measurement]
    /// The conclusion in one sentence.
    package let verdict: String
  }

  /// Lengths in 10⁶ bytes.
  package var megabytes = [1.0, 3, 10, 30, 100]
  /// How long the benchmark measures.
  package var timing = BenchmarkTiming()

  /// The values in a row of the matrix whose gradient stands for the vector.
  private static let columns = 1000

  /// The defaults.
  package init() {}

  /// Measures the speeds. Every rank must call this.
  ///
  /// - Parameter ranks: The processes, at least two.
  /// - Returns: The result, which is the same on all ranks.
  package func run(_ ranks: Ranks) throws -> Result {
    try timing.validate()
    for length in megabytes where !(length > 0 && length <= 2000) {
      throw ConfigurationError(
        setting: "megabytes", problem: "must be above 0 and at most 2000, got \(length)")
    }
    let sizes = try megabytes.map { try measure($0, ranks) }
    let least = sizes.map(\.ratio).min() ?? 0
    return Result(
      ranks: ranks.count, hosts: Array(Set(ranks.group.hosts)).sorted(), sizes: sizes,
      verdict: "The fixed tree, whose bits do not depend on the ranks, reaches at least "
        + "\(Int((least * 100).rounded())) % of the speed of the library's sum, whose bits do.")
  }

  private func measure(_ megabytes: Double, _ ranks: Ranks) throws -> Measurement {
    let rows = max(ranks.count, Int(megabytes * 1e6 / 4) / Self.columns)
    // A layer without a bias is one matrix; each rank has one shard.
    let network = Network(
      NetworkConfiguration(inputCount: Self.columns, hidden: [], outputCount: rows))
    let count = network.parameterCount
    let team = try WorkerTeam(count: 1)
    defer { team.shutdown() }
    // With minibatches of that size gradients are less to send than inputs, so gradients travel.
    let placement = Placement(
      StepLayout(network: network, shards: ShardPlan(count: ranks.count)), capacity: 1 << 20,
      rank: ranks.rank, ranks: ranks.count, workers: 1, mostWorkers: 1)
    let memory = StepMemory(placement, capacity: ranks.count, group: ranks.group)
    // The vector is summed in place, as the library does it.
    let gradient = memory.vectors[0]
    let update = ParameterUpdate(
      of: Array(repeating: 0, count: count), by: SGD(), RegularizationOptions())
    let machine = StepMachine(
      memory, GradientUpdate(memory, update, clipNorm: nil, workers: 1), team: team, group: ranks.group)
    let exchange = LoadedProgram(ProgramBuilder.exchange(placement))
    func alongTree() throws { try machine.run(exchange) }
    func inAnyOrder() throws {
      try ranks.group.sumInAnyOrder(UnsafeMutableBufferPointer(start: gradient.base, count: count))
    }
    let bytes = Double(count * MemoryLayout<Float>.stride)
    var rates: [[Double]] = [[], []]
    let repeats = try ranks.fromFirstAfter(seconds: timing.seconds / 2, alongTree)
    for _ in 0..<timing.repetitions {
      for (index, body) in [alongTree, inAnyOrder].enumerated() {
        let start = MonotonicClock.now()
        for _ in 0..<repeats { try body() }
        rates[index].append(bytes * Double(repeats) / Double(MonotonicClock.now() - start))
      }
    }
    let (tree, any) = (Rate(rates[0]).median, Rate(rates[1]).median)
    let shared = try ranks.fromFirst { [tree, any] }
    return Measurement(
      megabytes: bytes * 1e-6, fixedTree: shared[0], anyOrder: shared[1], ratio: shared[0] / shared[1])
  }
}

extension Ranks {
  /// How often something must be repeated to take this long, as rank 0 finds out; all ranks carry it out some times
  /// for that.
  fileprivate func fromFirstAfter(seconds: Double, _ body: () throws -> Void) throws -> Int {
    let trials = 3
    let start = MonotonicClock.now()
    for _ in 0..<trials { try body() }
    let each = Double(max(1, MonotonicClock.now() - start)) * 1e-9 / Double(trials)
    return try fromFirst { min(100_000, max(1, Int(seconds / each))) }
  }
}
