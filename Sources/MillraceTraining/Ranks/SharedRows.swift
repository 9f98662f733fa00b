package import MillraceNetwork
import MillracePipeline
import MillraceShards
import MillraceVectors

/// What a rank holds for the shards of others where ranks share the rows of the first layer's matrix by a
/// ``RowPlan``: the inputs that arrive, the products that are sent, and the gradients of its units that come
/// back.
///
/// A process alone holds nothing.
package final class SharedRows {
  private let placement: Placement
  private let shards: ShardPasses
  private let shardCapacity: Int
  /// The pass for each shard; nil for this rank's own.
  private let passes: [SharedRowsPass?]
  /// The inputs that come from each rank.
  private let inputs: [FlatVector]
  /// For each of this rank's shards, the gradients of the other ranks' units.
  private let gradients: [FlatVector]
  /// The number of rows of each shard in the minibatch under way.
  private let counts: UnsafeMutablePointer<Int32>

  init(_ placement: Placement, shards: ShardPasses, capacity: Int) {
    self.placement = placement
    self.shards = shards
    let (network, own, plan) = (placement.layout.network, placement.own, placement.rowPlan)
    let shardCapacity = placement.layout.shards.capacity(for: capacity)
    self.shardCapacity = shardCapacity
    let units = plan?.units[placement.rank] ?? 0..<0
    passes = (0..<placement.layout.shards.count).map { shard in
      plan == nil || own.contains(shard)
        ? nil : SharedRowsPass(network: network, units: units, capacity: shardCapacity)
    }
    let stride = RowStride.of(columns: network.inputCount)
    inputs = placement.ranks.runs.enumerated().map { rank, run in
      FlatVector(count: plan == nil || rank == placement.rank ? 0 : run.count * shardCapacity * stride)
    }
    let others = (plan?.units.last?.upperBound ?? 0) - units.count
    gradients = own.map { _ in FlatVector(count: shardCapacity * others) }
    counts = .allocate(capacity: placement.layout.shards.count)
    counts.initialize(repeating: 0, count: placement.layout.shards.count)
  }

  deinit { counts.deallocate() }

  /// The bytes of all that is held.
  package var byteCount: Int {
    (inputs + gradients).reduce(0) { $0 + $1.byteCount } + passes.reduce(0) { $0 + ($1?.byteCount ?? 0) }
  }

  /// Begins to tell all ranks how many rows each shard of the minibatch under way has.
  func beginSharingCounts(_ group: any ProcessGroup) throws {
    for shard in placement.own { counts[shard] = Int32(shards.rows(of: shard).count) }
    try group.beginExchange(counts, runs: placement.ranks.runs)
  }

  /// What this rank does for a shard of another.
  package subscript(shard: Int) -> SharedRowsPass {
    guard let pass = passes[shard] else { preconditionFailure("shard \(shard) is computed here") }
    return pass
  }

  /// The inputs of another rank's shard, (rows, inputs), once they have arrived.
  func input(of shard: Int) -> Matrix {
    guard let minibatch = shards.minibatch, minibatch.isPart else { return shards.input(of: shard) }
    let owner = placement.owner(ofShard: shard)
    let start = (placement.ranks.run(of: owner).lowerBound..<shard).reduce(0) { $0 + Int(counts[$1]) }
    return Matrix(
      base: inputs[owner].base + start * minibatch.featureStride, rows: Int(counts[shard]),
      columns: placement.layout.network.inputCount, stride: minibatch.featureStride)
  }

  /// Copies the gradient of another rank's units, which lie among this rank's, for a shard of this rank.
  func packUnitGradients(of shard: Int, for rank: Int) {
    let copy = unitGradients(of: shard, for: rank)
    if let plan = placement.rowPlan, let start = copy.baseAddress {
      shards[shard].copyProductGradient(of: plan.rows, units: plan.units[rank], into: start)
    }
  }

  private func unitGradients(of shard: Int, for rank: Int) -> UnsafeMutableBufferPointer<Float> {
    guard let plan = placement.rowPlan else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
    let before = placement.others.filter { $0 < rank }.reduce(0) { $0 + plan.units[$1].count }
    let rows = Int(counts[shard])
    return UnsafeMutableBufferPointer(
      start: gradients[shard - placement.own.lowerBound].base + rows * before,
      count: rows * plan.units[rank].count)
  }

  /// The values that a message carries to another rank.
  func outgoing(_ message: StepMessage) -> UnsafeBufferPointer<Float> {
    switch message.content {
    case .inputs:
      guard let minibatch = shards.minibatch else { return UnsafeBufferPointer(start: nil, count: 0) }
      return UnsafeBufferPointer(
        start: minibatch.features, count: minibatch.count * minibatch.featureStride)
    case .products(let shard): return self[shard].product(rows: input(of: shard).rows)
    case .unitGradients(let shard):
      return UnsafeBufferPointer(unitGradients(of: shard, for: message.to))
    case .gradients: preconditionFailure("a shard's vector holds the gradients of a bucket")
    }
  }

  /// The memory into which a message from another rank goes.
  func incoming(_ message: StepMessage) -> UnsafeMutableBufferPointer<Float> {
    switch message.content {
    case .inputs:
      let input = inputs[message.from]
      return UnsafeMutableBufferPointer(start: input.base, count: input.count)
    case .products(let shard):
      guard let plan = placement.rowPlan else {
        return UnsafeMutableBufferPointer(start: nil, count: 0)
      }
      return shards[shard].product(of: plan.rows, units: plan.units[message.from])
    case .unitGradients(let shard): return self[shard].productGradient(rows: shardCapacity)
    case .gradients: preconditionFailure("a vector of its own receives the gradients of a bucket")
    }
  }
}
