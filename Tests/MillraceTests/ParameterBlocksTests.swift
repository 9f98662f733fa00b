import MillraceNetwork
import Testing

@testable import MillraceTraining

struct ParameterBlocksTests {
  static let networks = [[784, 800, 10], [3072, 1024, 512, 10], [5, 3, 2]].map { widths in
    Network(
      NetworkConfiguration(
        inputCount: widths[0], hidden: widths[1..<widths.count - 1].map { HiddenLayer(units: $0) },
        outputCount: widths[widths.count - 1]))
  }

  @Test(arguments: networks)
  func `Blocks and portions cover the vector once, in order, in whole rows`(network: Network) {
    let cut = ParameterBlocks(network: network)
    #expect(cut.blocks.flatMap { [$0.elements.lowerBound, $0.elements.upperBound] }.first == 0)
    #expect(
      zip(cut.blocks, cut.blocks.dropFirst()).allSatisfy { $0.elements.upperBound == $1.elements.lowerBound })
    #expect(cut.blocks.last?.elements.upperBound == network.parameterCount)
    #expect(cut.blocks.allSatisfy { $0.elements.count % $0.columns == 0 })
    for workers in 1...9 {
      let slices = cut.slices(of: cut.blocks.indices, count: workers)
      #expect(slices.count == workers && slices.flatMap { Array($0) } == Array(cut.blocks.indices))
      let shares = cut.portionsByRows(workers: workers)
      #expect(shares.count == workers)
      let owned = shares.flatMap { $0 }.map(\.blocks).sorted { $0.lowerBound < $1.lowerBound }
      #expect(owned.flatMap { Array($0) } == Array(cut.blocks.indices))
      for portion in shares.flatMap({ $0 }) {
        let elements = portion.blocks.reduce(0) { $0 + cut.blocks[$1].elements.count }
        #expect(portion.count == elements)
        if let weights = portion.weights { #expect(weights.elements.count == elements) }
      }
    }
  }

  @Test(
    arguments: [(1, 2, true), (2, 2, true), (4, 2, true), (4, 4, true), (16, 16, false)]
      as [(workers: Int, shards: Int, shares: Bool)])
  func `Workers share the rows of weights where that leaves them less idle`(
    team: (workers: Int, shards: Int, shares: Bool)
  ) {
    let cut = ParameterBlocks(network: Self.networks[0])
    #expect(cut.sharesRows(workers: team.workers, shards: team.shards) == team.shares)
  }
}
