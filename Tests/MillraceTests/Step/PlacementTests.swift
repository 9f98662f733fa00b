import MillraceNetwork
import MillraceThreads
import Testing

@testable import MillraceShards
@testable import MillraceTraining

/// Who has which part of a step, and the memory that follows from it.
struct PlacementTests {
  private static func placement(
    _ widths: [Int], shards: Int, capacity: Int = 128, ranks: Int = 1, workers: Int = 2, fixed: Int = 0
  ) -> Placement {
    var options = NetworkTrainingOptions()
    options.fixedLayers = fixed
    let network = Network(
      NetworkConfiguration(
        inputCount: widths[0], hidden: widths[1..<widths.count - 1].map { HiddenLayer(units: $0) },
        outputCount: widths[widths.count - 1]), options: options)
    return Placement(
      StepLayout(network: network, shards: ShardPlan(count: shards)), capacity: capacity, rank: 0,
      ranks: ranks, workers: workers, mostWorkers: workers)
  }

  @Test func `Where all weights come as products, a shard's vector holds the biases alone`() {
    let placement = Self.placement([12_288, 512, 256, 10], shards: 64, capacity: 8192)
    #expect(placement.vectorCount == 512 + 256 + 10)
    #expect(placement.buckets.isEmpty && placement.rowPlan == nil)
  }

  @Test func `Where workers share shards, a shard's vector holds all`() {
    let placement = Self.placement([784, 40, 10], shards: 2)
    #expect(placement.vectorCount == placement.layout.network.parameterCount)
    #expect(placement.pieces.allSatisfy { $0.route == .sums })
  }

  @Test(arguments: [1, 2], [1, 3]) func `Of what is fixed no gradient is held, sent or stepped`(
    ranks: Int, workers: Int
  ) {
    let placement = Self.placement(
      [784, 1024, 16, 10], shards: 4, ranks: ranks, workers: workers, fixed: 1)
    let fixed = 784 * 1024 + 1024
    #expect(placement.layout.blocks.blocks.first?.elements.lowerBound == fixed)
    #expect(placement.vectorCount <= placement.layout.network.parameterCount - fixed)
    #expect(placement.rowPlan == nil)
    #expect(placement.buckets.flatMap(\.elements).allSatisfy { $0.lowerBound >= fixed })
  }

  @Test func `Ranks that share the first layer's rows hold no gradient of it`() {
    let placement = Self.placement([784, 1024, 10], shards: 4, ranks: 2)
    #expect(placement.rowPlan?.count == 784 * 1024)
    #expect(placement.vectorCount == placement.layout.network.parameterCount - 784 * 1024)
  }

  @Test func `A step of a wide network holds little beside parameters and activations`() throws {
    let network = Network(
      NetworkConfiguration(inputCount: 4096, hidden: [HiddenLayer(units: 512)], outputCount: 10))
    let team = try WorkerTeam(count: 2)
    defer { team.shutdown() }
    func bytes(shards: Int) -> Int {
      DataParallelStep(
        network: network, parameters: network.initialParameters(seed: 1), optimizer: SGD(), seed: 1,
        capacity: 64, plan: ShardPlan(count: shards), team: team
      ).byteCount
    }
    let vector = 4 * network.parameterCount
    // There are parameters, a whole gradient for its norm, and some tiles.
    #expect(bytes(shards: 2) < 3 * vector)
    #expect(bytes(shards: 32) < bytes(shards: 2) + 2 * vector)
  }
}
