package import MillraceNetwork
package import MillraceShards

/// What a step computes: the network's parameters in blocks, the shards of a minibatch, and the tree that adds these up.
///
/// It follows from the network and the number of shards alone, and so do all bits of a step. Who does what of it is a
/// ``Placement``'s business.
package struct StepLayout {
  package let network: Network
  package let shards: ShardPlan
  let blocks: ParameterBlocks
  package let tree: FixedTree
  /// By layer, the rows of its matrices, as numbers of `Network.weightRows`.
  package let rowsOfLayer: [Range<Int>]
  /// The rows whose products need nothing but the inputs.
  let rowsAhead: [Int]

  package init(network: Network, shards: ShardPlan) {
    self.network = network
    self.shards = shards
    blocks = ParameterBlocks(network: network)
    tree = FixedTree(count: shards.count)
    rowsAhead = network.weightRows.indices.filter { network.weightRows[$0].isAhead }
    rowsOfLayer = network.layers.indices.map { layer in
      let first = network.weightRows.firstIndex { $0.layer == layer } ?? 0
      return first..<first + network.weightRows.count { $0.layer == layer }
    }
  }

  /// The elements of a block.
  package func elements(ofBlock block: Int) -> Range<Int> { blocks.blocks[block].elements }
}

/// Where shards meet on their way through the network, because a layer needs sums over the whole minibatch.
package struct StageBoundary: Hashable, Sendable {
  /// The stage that begins there, from 1 on.
  let stage: Int
  /// Whether the shards are on their way back.
  let isBackward: Bool
}
