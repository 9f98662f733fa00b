import MillraceNetwork

/// How the ranks add up their gradients: a reduce-scatter along the ``FixedTree``, after which each rank has the sum of
/// its own slices, and a gather of the parameters that it has stepped.
///
/// A rank adds up the largest subtrees within its own shards and sends each rank the slices that are that rank's; what
/// it receives are the other subtrees of its own slices, and the rest of the tree goes on across them. So the sum is
/// the same bits for any number of ranks. Each rank sends and receives (R − 1)/R of the parameters each way, and as
/// much again where its run of shards is no subtree. The rows of the weight matrices that other ranks step are computed
/// first, and are on their way while a rank computes its own.
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
  /// The rows of the weight matrices in the order in which they are to be computed.
  let order: [WeightRows]
  /// By slice of a bucket, numbered by bucket, then by rank: what of it is still to be written.
  private let countdowns: [Countdown]
  /// The slices that a layer's other parameters may lie in.
  private let slicesOfLayer: [[Int]]
  /// The slices that rows lie in, by their place in the order.
  private let slicesOfRows: [[Int]]
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

  /// - Parameters:
  ///   - group: The ranks; at least two.
  ///   - network: The network.
  ///   - blocks: Its parameters.
  ///   - plan: The ranks' shards.
  ///   - gradients: For each of this rank's shards a vector as long as the parameters.
  ///   - excluded: So many parameters, from the first on, are somebody else's business: a ``RowExchange``'s.
  init(
    _ group: any ProcessGroup, network: Network, blocks: ParameterBlocks, plan: RankPlan,
    gradients: [FlatVector], excluding excluded: Int = 0
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

    var bucketsOfLayer = [Range<Int>](repeating: 0..<0, count: network.layers.count)
    var buckets: [Bucket] = []
    for members in Self.layers(of: network, from: excluded) {
      // Every rank should have several blocks of a piece.
      let largest = max(Self.largest, 8 * ParameterBlocks.wanted * group.count)
      let pieces = (members.elements.count + largest - 1) / largest
      let first = buckets.count
      buckets += blocks.slices(of: blocks.indices(of: members.elements), count: max(1, pieces)).map { piece in
        let slices = blocks.slices(of: piece, count: group.count)
        return Bucket(blocks: slices, elements: slices.map(blocks.elements))
      }
      for layer in members.layers { bucketsOfLayer[layer] = first..<buckets.count }
    }
    self.buckets = buckets

    let ranks = group.count
    func slices(_ rows: WeightRows) -> [Int] {
      bucketsOfLayer[rows.layer].flatMap { bucket in
        (0..<ranks).filter { buckets[bucket].elements[$0].overlaps(rows.elements) }.map {
          bucket * ranks + $0
        }
      }
    }
    let rows = network.layers.indices.reversed().flatMap { layer in
      network.weightRows.filter { $0.layer == layer && $0.elements.lowerBound >= excluded }
    }
    func isOwn(_ rows: WeightRows) -> Bool { slices(rows).allSatisfy { $0 % ranks == group.rank } }
    order = rows.filter { !isOwn($0) } + rows.filter(isOwn)
    slicesOfRows = order.map(slices)
    slicesOfLayer = bucketsOfLayer.map { Array($0.lowerBound * ranks..<$0.upperBound * ranks) }
    var events = [Int](repeating: 0, count: buckets.count * ranks)
    for slice in (slicesOfRows + slicesOfLayer).joined() { events[slice] += own.count }
    countdowns = events.map(Countdown.init)

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
    for countdown in countdowns { countdown.begin() }
    for (index, bucket) in buckets.enumerated() {
      let count = bucket.elements[group.rank].count
      guard count > 0 else { continue }
      for (rank, vector) in received[index] {
        try group.receive(
          UnsafeMutableBufferPointer(start: vector.base, count: count), from: rank, tag: index)
      }
    }
  }

  /// A shard's gradient of a layer is written, but for its weight matrix. The last that a slice waits for adds it up
  /// and sends it.
  func layerIsDone(_ layer: Int) throws {
    for slice in slicesOfLayer[layer] { try countDown(slice) }
    group.advance()
  }

  /// A shard's gradient of some rows is written.
  ///
  /// - Parameter place: Their place in the ``order``.
  func rowsAreDone(_ place: Int) throws {
    for slice in slicesOfRows[place] { try countDown(slice) }
    group.advance()
  }

  /// All gradients of a shard are written, with nothing left to compute meanwhile.
  func allIsDone() throws {
    for slice in (slicesOfLayer + slicesOfRows).joined() { try countDown(slice) }
  }

  private func countDown(_ slice: Int) throws {
    guard countdowns[slice].isLast() else { return }
    let (bucket, rank) = (slice / group.count, slice % group.count)
    let elements = buckets[bucket].elements[rank]
    for sum in ownSums {
      forEachPiece(of: elements) { sum.sum($0) }
      if rank != group.rank, !elements.isEmpty {
        try group.send(
          UnsafeBufferPointer(start: sum.sum + elements.lowerBound, count: elements.count), to: rank,
          tag: bucket)
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

  private func forEachPiece(of elements: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = elements.lowerBound
    while start < elements.upperBound {
      let end = min(start + ParameterBlocks.wanted, elements.upperBound)
      body(start..<end)
      start = end
    }
  }

  /// The layers that have parameters from some element on, in buckets, the last first.
  private static func layers(
    of network: Network, from start: Int
  ) -> [(layers: [Int], elements: Range<Int>)] {
    var buckets: [(layers: [Int], elements: Range<Int>)] = []
    for layer in network.layers.indices.reversed() {
      let tensors = network.parameters.filter { $0.layer == layer && $0.range.lowerBound >= start }
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
}
