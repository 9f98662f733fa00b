import MillraceMemory
import MillraceNetwork
import MillracePipeline
import Synchronization

/// What ranks that share the rows of the first layer's weights by a ``RowPlan`` hand to each other in a step: each its
/// samples' inputs to all, products of its rows to the ranks that run the shards, and from these the gradients of its
/// units back.
///
/// While one of these is on its way there is always something else to multiply.
final class RowExchange {
  let plan: RowPlan
  private let network: Network
  private let group: any ProcessGroup
  private let shards: RankPlan
  /// The shards of this rank.
  private let own: Range<Int>
  private let ownUnits: Range<Int>
  /// By shard; nil for this rank's own.
  private let passes: [FirstLayerPass?]
  /// By rank, the inputs that come from it.
  private let inputs: [FlatVector]
  /// For each of this rank's shards, the gradients of the other ranks' units.
  private let gradients: [FlatVector]
  private let shardCapacity: Int
  /// The products of a step in the order in which workers claim them.
  private let products: [(shard: Int, rows: WeightRows)]
  private let nextProduct = Atomic<Int>(0)
  /// By shard: the products that are still to be written before they are sent.
  private let productsLeft: [Countdown]
  /// By shard, the rows of the minibatch under way.
  private let counts: UnsafeMutablePointer<Int32>
  /// Other messages of a step have lower tags.
  private let firstTag: Int
  /// Whether all counts of the step have come.
  private let hasCounts = Atomic<Bool>(false)

  // The minibatch under way: written by the caller before the team runs.
  private var minibatch: Minibatch?

  /// - Parameters:
  ///   - plan: Which rank has which rows.
  ///   - network: The network.
  ///   - group: The ranks.
  ///   - shards: The ranks' shards.
  ///   - capacity: The most rows of a minibatch.
  ///   - firstTag: From which on no other message of a step has its tag.
  init(
    _ plan: RowPlan, network: Network, group: any ProcessGroup, shards: RankPlan, capacity: Int, firstTag: Int
  ) {
    self.plan = plan
    self.network = network
    self.group = group
    self.shards = shards
    self.firstTag = firstTag
    own = shards.run(of: group.rank)
    ownUnits = plan.units[group.rank]
    let shardCapacity = shards.shards.capacity(for: capacity)
    self.shardCapacity = shardCapacity
    let (own, ownUnits, count) = (own, ownUnits, shards.shards.count)
    passes = (0..<count).map { shard in
      own.contains(shard)
        ? nil : FirstLayerPass(network: network, units: ownUnits, capacity: shardCapacity)
    }
    let stride = RowStride.of(columns: network.configuration.inputCount)
    inputs = shards.runs.enumerated().map { rank, run in
      FlatVector(count: rank == group.rank ? 1 : max(1, run.count * shardCapacity * stride))
    }
    let otherUnits = network.layers[0].outputCount - ownUnits.count
    gradients = own.map { _ in FlatVector(count: max(1, shardCapacity * otherUnits)) }
    // What needs nothing from others stands at both ends: before, their inputs come; afterwards, their products.
    let rows = plan.portions[group.rank].compactMap(\.weights)
    let mine = rows.flatMap { rows in own.map { (shard: $0, rows: rows) } }
    let others = (0..<count).filter { !own.contains($0) }.flatMap { shard in
      rows.map { (shard: shard, rows: $0) }
    }
    let before = (mine.count + 1) / 2
    products = mine[..<before] + others + mine[before...]
    productsLeft = (0..<count).map { _ in Countdown(events: rows.count) }
    counts = .allocate(capacity: count)
    counts.initialize(repeating: 0, count: count)
  }

  deinit { counts.deallocate() }

  private func inputTag(_ rank: Int) -> Int { firstTag + rank }
  private func productTag(_ shard: Int) -> Int { firstTag + shards.ranks + shard }
  private func gradientTag(_ shard: Int) -> Int { productTag(shards.shards.count) + shard }

  private func owner(of shard: Int) -> Int {
    (0..<shards.ranks).first { shards.run(of: $0).contains(shard) } ?? 0
  }

  /// Sends this rank's inputs and asks for all that the step needs from others. Before the workers begin.
  ///
  /// - Parameters:
  ///   - minibatch: This rank's part, or the whole on each rank.
  ///   - passes: Of this rank's shards; all have begun.
  ///   - samples: The minibatch's rows that a shard has.
  func begin(_ minibatch: Minibatch, passes: [NetworkPass], samples: (_ shard: Int) -> Range<Int>) throws {
    self.minibatch = minibatch
    nextProduct.store(0, ordering: .relaxed)
    hasCounts.store(false, ordering: .relaxed)
    for countdown in productsLeft { countdown.begin() }
    for shard in own { counts[shard] = Int32(samples(shard).count) }
    try group.beginExchange(counts, runs: shards.runs)
    for rank in 0..<shards.ranks where rank != group.rank {
      for (shard, pass) in zip(own, passes) {
        try group.receive(pass.firstProduct(of: plan.units[rank]), from: rank, tag: productTag(shard))
      }
      for shard in shards.run(of: rank) {
        guard let pass = self.passes[shard] else { continue }
        try group.receive(pass.outputGradient(rows: shardCapacity), from: rank, tag: gradientTag(shard))
      }
      guard minibatch.isPart else { continue }
      if !shards.run(of: rank).isEmpty {
        try group.receive(
          UnsafeMutableBufferPointer(start: inputs[rank].base, count: inputs[rank].count), from: rank,
          tag: inputTag(rank))
      }
      if !own.isEmpty {
        try group.send(
          UnsafeBufferPointer(
            start: minibatch.features, count: minibatch.count * minibatch.featureStride),
          to: rank, tag: inputTag(group.rank))
      }
    }
  }

  /// Multiplies this rank's rows with the inputs of all shards, and sends what others wait for. Every worker must call it.
  ///
  /// - Parameters:
  ///   - passes: Of this rank's shards.
  ///   - parameters: The network's flat vector.
  func writeProducts(_ passes: [NetworkPass], parameters: UnsafePointer<Float>) throws {
    while true {
      let claimed = nextProduct.add(1, ordering: .relaxed).oldValue
      guard claimed < products.count else { return }
      let (shard, rows) = products[claimed]
      if let pass = self.passes[shard] {
        let input = try input(of: shard)
        pass.writeProduct(rows, input, parameters: parameters)
        if productsLeft[shard].isLast() {
          try group.send(pass.product(rows: input.rows), to: owner(of: shard), tag: productTag(shard))
        }
      } else {
        passes[shard - own.lowerBound].writeFirstProduct(rows, parameters: parameters)
      }
      group.advance()
    }
  }

  /// Waits until the other ranks' products for one of this rank's shards are there.
  func finishReceivingProducts(of shard: Int) throws { try group.finishReceiving(tag: productTag(shard)) }

  /// One of this rank's shards is through the first layer: sends the others the gradients of their units.
  func sendGradients(of shard: Int, _ pass: NetworkPass) throws {
    var copy = gradients[shard - own.lowerBound].base
    for rank in 0..<shards.ranks where rank != group.rank {
      let units = plan.units[rank]
      let count = Int(counts[shard]) * units.count
      pass.copyFirstGradient(of: units, into: copy)
      try group.send(UnsafeBufferPointer(start: copy, count: count), to: rank, tag: gradientTag(shard))
      copy += count
    }
  }

  /// Writes the gradient of some of this rank's rows for a shard of another, once its output gradients are there.
  func writeWeightGradient(_ rows: WeightRows, tiles: Range<Int>, of shard: Int, into gradient: Matrix) throws
  {
    guard let pass = passes[shard] else { preconditionFailure("shard \(shard) is computed here") }
    try group.finishReceiving(tag: gradientTag(shard))
    pass.writeWeightGradient(rows, tiles: tiles, try input(of: shard), into: gradient)
  }

  /// Brings the parts of a vector together that the ranks have stepped.
  func gather(_ vector: FlatVector) throws { try group.exchange(vector.base, runs: plan.bucket.elements) }

  /// Waits for what is still under way to this rank: nothing, where a step was taken to its end.
  func finish() throws {
    for rank in 0..<shards.ranks { try group.finishReceiving(tag: inputTag(rank)) }
    for shard in passes.indices {
      try group.finishReceiving(tag: productTag(shard))
      try group.finishReceiving(tag: gradientTag(shard))
    }
  }

  /// Another's shard, (rows, inputs), waiting for it where it has not come yet.
  private func input(of shard: Int) throws -> Matrix {
    guard let minibatch else { preconditionFailure("no minibatch has begun") }
    let columns = network.configuration.inputCount
    if !hasCounts.load(ordering: .acquiring) {
      // Nothing else is handed around yet: every worker comes here before one goes on to the shards.
      try group.finishGathering()
      hasCounts.store(true, ordering: .releasing)
    }
    let run = shards.run(of: owner(of: shard))
    let start = (run.lowerBound..<shard).reduce(0) { $0 + Int(counts[$1]) }
    let rows = Int(counts[shard])
    guard minibatch.isPart else {
      let planned = shards.shards.rows(of: shard, in: minibatch.plannedCount)
      return Matrix(
        base: minibatch.features(ofRow: minibatch.rows(within: planned).lowerBound), rows: rows,
        columns: columns, stride: minibatch.featureStride)
    }
    let rank = owner(of: shard)
    try group.finishReceiving(tag: inputTag(rank))
    return Matrix(
      base: inputs[rank].base + start * minibatch.featureStride, rows: rows, columns: columns,
      stride: minibatch.featureStride)
  }
}
