import MillraceNetwork
import Synchronization

/// How the ranks add up their gradients: a reduce-scatter along the ``FixedTree``, after which each rank has the sum of
/// its own slices, and a gather of the parameters that it has stepped.
///
/// A rank adds up the largest subtrees within its own shards and sends each rank the slices that are that rank's; what
/// it receives are the other subtrees of its own slices, and the rest of the tree goes on across them. So the sum is
/// the same bits for any number of ranks. Each rank sends and receives (R − 1)/R of the parameters each way, and as
/// much again where its run of shards is no subtree. Layers are sent while earlier ones are still being computed.
final class GradientExchange {
  /// Parameters whose gradients travel together: small layers, or a piece of a large one.
  struct Bucket {
    /// Each rank's blocks of ``ParameterBlocks``.
    let blocks: [Range<Int>]
    /// Each rank's elements of the flat vector.
    let elements: [Range<Int>]
  }

  /// In the order in which they become ready: the last layers first.
  let buckets: [Bucket]
  private let group: any ProcessGroup
  /// Kept, since the sums below point into them.
  private let gradients: [FlatVector]
  /// The layers that become ready together.
  private let stretches: [Stretch]
  private let stretchOfLayer: [Int?]
  /// This rank's subtrees, as shards.
  private let ownParts: [Range<Int>]
  private let ownSums: [FixedTreeReduction]
  /// By bucket: what comes from other ranks, in the order of the tree; nil for what is this rank's own.
  private let received: [[(rank: Int, vector: FlatVector)]]
  /// By bucket: the rest of the tree, over this rank's slice. The sum is left in the vector of this rank's first shard, where
  /// it has one.
  let reductions: [FixedTreeReduction]

  /// Layers with fewer parameters travel with the one before.
  private static let smallest = 16_384
  /// Larger layers travel in pieces of so many, so that one is added up while the next is on its way.
  private static let largest = 1 << 20

  /// Layers whose gradients are sent as soon as those of all are written.
  private struct Stretch {
    let buckets: Range<Int>
    /// Its layers times this rank's shards.
    let events: Int
    /// How many gradients are still to come.
    let countdown = Countdown()
  }

  /// - Parameters:
  ///   - group: The ranks; at least two.
  ///   - network: The network.
  ///   - blocks: Its parameters.
  ///   - plan: The ranks' shards.
  ///   - gradients: For each of this rank's shards a vector as long as the parameters.
  init(
    _ group: any ProcessGroup, network: Network, blocks: ParameterBlocks, plan: RankPlan,
    gradients: [FlatVector]
  ) {
    self.group = group
    self.gradients = gradients
    let tree = FixedTree(count: plan.shards.count)
    let own = plan.run(of: group.rank)
    let parts = plan.runs.map { tree.subtrees(within: $0) }
    ownParts = parts[group.rank]
    ownSums = ownParts.map { part in
      FixedTreeReduction(
        part.map { gradients[$0 - own.lowerBound].base }, of: part.map { $0..<$0 + 1 }, into: part, in: tree)
    }

    var stretchOfLayer = [Int?](repeating: nil, count: network.layers.count)
    var stretches: [Stretch] = []
    var buckets: [Bucket] = []
    for members in Self.layers(of: network) {
      for layer in members.layers { stretchOfLayer[layer] = stretches.count }
      // Every rank should have several blocks of a piece.
      let largest = max(Self.largest, 8 * ParameterBlocks.wanted * group.count)
      let pieces = (members.elements.count + largest - 1) / largest
      let first = buckets.count
      buckets += blocks.slices(of: blocks.indices(of: members.elements), count: max(1, pieces)).map { piece in
        let slices = blocks.slices(of: piece, count: group.count)
        return Bucket(blocks: slices, elements: slices.map(blocks.elements))
      }
      stretches.append(Stretch(buckets: first..<buckets.count, events: members.layers.count * own.count))
    }
    self.stretchOfLayer = stretchOfLayer
    self.stretches = stretches
    self.buckets = buckets

    var received: [[(rank: Int, vector: FlatVector)]] = []
    var reductions: [FixedTreeReduction] = []
    for bucket in buckets {
      let slice = bucket.elements[group.rank]
      var vectors: [(rank: Int, vector: FlatVector)] = []
      var sums: [UnsafeMutablePointer<Float>] = []
      let ownPlace = ownParts.isEmpty ? 0 : parts[..<group.rank].reduce(0) { $0 + $1.count }
      for (rank, parts) in parts.enumerated() {
        for part in parts {
          if rank == group.rank {
            sums.append(gradients[part.lowerBound - own.lowerBound].base)
          } else {
            let vector = FlatVector(count: max(1, slice.count))
            vectors.append((rank, vector))
            sums.append(vector.base - slice.lowerBound)
          }
        }
      }
      received.append(vectors)
      reductions.append(FixedTreeReduction(sums, of: parts.flatMap { $0 }, in: tree, at: ownPlace))
    }
    self.received = received
    self.reductions = reductions
  }

  /// Asks for what the step's other shards will give. Before the workers begin.
  func begin() throws {
    for stretch in stretches { stretch.countdown.left.store(stretch.events, ordering: .relaxed) }
    for (index, bucket) in buckets.enumerated() {
      let count = bucket.elements[group.rank].count
      guard count > 0 else { continue }
      for (rank, vector) in received[index] {
        try group.receive(
          UnsafeMutableBufferPointer(start: vector.base, count: count), from: rank, tag: index)
      }
    }
  }

  /// A shard's gradient of a layer is written. The last that a stretch waits for adds up and sends it.
  func layerIsDone(_ layer: Int) throws {
    guard let index = stretchOfLayer[layer] else { return }
    guard stretches[index].countdown.left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
      return group.advance()
    }
    for bucket in stretches[index].buckets { try send(bucket) }
  }

  private func send(_ bucket: Int) throws {
    for sum in ownSums {
      forEachPiece(of: buckets[bucket].elements) { sum.sum($0) }
      for rank in 0..<group.count where rank != group.rank {
        let slice = buckets[bucket].elements[rank]
        guard slice.count > 0 else { continue }
        try group.send(
          UnsafeBufferPointer(start: sum.sum + slice.lowerBound, count: slice.count), to: rank, tag: bucket)
      }
    }
  }

  /// Waits until this rank's slice of a bucket has come from all others.
  func finishReceiving(_ bucket: Int) throws { try group.finishReceiving(tag: bucket) }

  /// Begins to hand the slices of a bucket around.
  func gather(_ vector: FlatVector, bucket: Int) throws {
    let slices = buckets[bucket].elements
    // A bucket has a slice for each rank, some of them perhaps empty.
    try group.gather(
      vector.base + slices[0].lowerBound, counts: slices.map { $0.count * MemoryLayout<Float>.stride })
  }

  /// Hands the slices of a whole vector around, and waits for them.
  func gather(_ vector: FlatVector) throws {
    for bucket in buckets.indices { try gather(vector, bucket: bucket) }
    try group.finishGathering()
  }

  /// Waits for all that is still under way.
  func finish() throws {
    for bucket in buckets.indices { try group.finishReceiving(tag: bucket) }
    try group.finishGathering()
    try group.finishSending()
  }

  private func forEachPiece(of slices: [Range<Int>], _ body: (Range<Int>) -> Void) {
    guard let first = slices.first, let last = slices.last else { return }
    var start = first.lowerBound
    while start < last.upperBound {
      let end = min(start + ParameterBlocks.wanted, last.upperBound)
      body(start..<end)
      start = end
    }
  }

  /// The layers that have parameters, in buckets, the last first.
  private static func layers(of network: Network) -> [(layers: [Int], elements: Range<Int>)] {
    var buckets: [(layers: [Int], elements: Range<Int>)] = []
    for layer in network.layers.indices.reversed() {
      let tensors = network.parameters.filter { $0.layer == layer }
      guard let first = tensors.first, let last = tensors.last else { continue }
      let elements = first.range.lowerBound..<last.range.upperBound
      if let bucket = buckets.last, bucket.elements.count < smallest {
        buckets[buckets.count - 1] = (
          bucket.layers + [layer], elements.lowerBound..<bucket.elements.upperBound
        )
      } else {
        buckets.append(([layer], elements))
      }
    }
    return buckets
  }

  /// How many gradients a bucket still waits for.
  private final class Countdown: Sendable {
    let left = Atomic<Int>(0)
  }
}
