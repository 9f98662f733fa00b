import MillraceNetwork
import MillraceShards
import MillraceVectors

/// Adds up the pieces of a gradient and steps the parameters by them: the part of a step that comes after the passes.
///
/// Workers call it at the same time, each for pieces of its own.
package final class GradientUpdate {
  private let memory: StepMemory
  private let placement: Placement
  private let blocks: ParameterBlocks
  private let update: ParameterUpdate
  private let clipNorm: Double?
  /// By piece: its turn's, where its gradient comes as sums.
  private let reductions: [FixedTreeReduction]
  /// Each worker's factor on a gradient whose norm is known.
  private let scales: UnsafeMutablePointer<Float>
  private let workers: Int

  package init(_ memory: StepMemory, _ update: ParameterUpdate, clipNorm: Double?, workers: Int) {
    self.memory = memory
    self.update = update
    self.clipNorm = clipNorm
    self.workers = workers
    placement = memory.placement
    blocks = placement.layout.blocks
    reductions = placement.pieces.indices.map { piece in
      let turn = memory.placement.turns.firstIndex { $0.pieces.joined().contains(piece) } ?? 0
      return memory.reductions[turn]
    }
    scales = .allocate(capacity: workers)
    scales.initialize(repeating: 1, count: workers)
  }

  deinit { scales.deallocate() }

  /// The parameters.
  var parameters: FlatVector { update.parameters }
  /// The first of them.
  package var values: UnsafePointer<Float> { UnsafePointer(update.parameters.base) }

  /// Before the workers begin.
  package func begin(step: Int, learningRate: Float) {
    update.begin(step: step, learningRate: learningRate)
    for worker in 0..<workers {
      scales[worker] = 1
      findings[worker] = -1
    }
  }

  // MARK: The whole gradient first

  /// Adds up a run of a piece's tiles, and keeps it.
  func keepProducts(_ piece: Int, _ run: Int, _ worker: Int) {
    guard case .products(let rows, let runs) = placement.pieces[piece].route else { return }
    let reduction = memory.rowGradients[worker].reduction
    placement.layout.network.weightRows[rows].forEachPiece(of: runs[run]) { elements, start in
      reduction.sum(start..<start + elements.count)
      (memory.whole.base + elements.lowerBound).update(from: reduction.sum(at: start), count: elements.count)
    }
  }

  /// Adds a piece up over the shards' vectors, and leaves it there.
  func sum(_ piece: Int) {
    for block in placement.pieces[piece].blocks { reductions[piece].sum(places(block)) }
  }

  /// Adds up the squares of a piece's gradient, block by block.
  package func measure(_ piece: Int) {
    let isSum = placement.pieces[piece].route == .sums
    for block in placement.pieces[piece].blocks {
      if isSum { reductions[piece].sum(places(block)) }
      let elements = placement.layout.elements(ofBlock: block)
      // Statistics are no gradient.
      memory.squares[block] =
        blocks.blocks[block].role.isLearned
        ? preciseSumOfSquares(kept(piece, block), count: elements.count) : 0
    }
  }

  /// The 2-norm of the whole gradient, once every block is measured.
  var norm: Double {
    var sum = 0.0
    for block in blocks.blocks.indices { sum += memory.squares[block] }
    return sum.squareRoot()
  }

  /// Finds the factor on the gradient. Each worker does, from the same numbers.
  func findScale(for worker: Int) {
    let norm = norm
    if let clipNorm, norm > clipNorm { scales[worker] = Float(clipNorm / norm) }
  }

  /// Brings all of a measured gradient together, as the optimiser left it. Every rank must ask for it.
  func gather(_ group: any ProcessGroup) throws -> FlatVector {
    for (number, piece) in placement.pieces.enumerated() where piece.route == .sums {
      for block in piece.blocks {
        let elements = placement.layout.elements(ofBlock: block)
        let (kept, whole) = (kept(number, block), memory.whole.base + elements.lowerBound)
        if kept != whole { whole.update(from: kept, count: elements.count) }
      }
    }
    try gather(memory.whole, group)
    return memory.whole
  }

  // MARK: A piece at a time

  /// Adds up and steps a run of a piece's tiles.
  func stepProducts(_ piece: Int, _ run: Int, _ worker: Int) {
    guard case .products(let number, let runs) = placement.pieces[piece].route else { return }
    let network = placement.layout.network
    let rows = network.weightRows[number]
    let role = network.parameters[rows.parameter].description.role
    let reduction = memory.rowGradients[worker].reduction
    var isFinite = true
    rows.forEachPiece(of: runs[run]) { elements, start in
      reduction.sum(start..<start + elements.count)
      isFinite = update.step(role, elements, gradient: reduction.sum(at: start), scale: 1) && isFinite
    }
    if !isFinite { found(notFinite: rows.elements.lowerBound, worker) }
  }

  /// Does what follows when all rows of a piece's blocks are stepped.
  func complete(_ piece: Int) {
    let isShared = placement.pieces[piece].isShared
    for block in placement.pieces[piece].blocks { complete(blocks.blocks[block], isShared) }
  }

  /// Adds up and steps a piece.
  func sumAndStep(_ piece: Int, _ worker: Int) {
    let reduction = reductions[piece]
    for number in placement.pieces[piece].blocks {
      let places = places(number)
      step(number, piece, worker) { pieceOfBlock in
        let slice = places.lowerBound + pieceOfBlock.lowerBound..<places.lowerBound + pieceOfBlock.upperBound
        reduction.sum(slice)
        return reduction.sum(at: slice.lowerBound)
      }
    }
  }

  /// Steps a piece whose gradient is kept.
  package func step(_ piece: Int, _ worker: Int) {
    for number in placement.pieces[piece].blocks {
      let kept = kept(piece, number)
      step(number, piece, worker) { kept + $0.lowerBound }
    }
  }

  /// Steps a block, of which some neighbouring elements at a time are given: rows may be longer than what fits the cache.
  @inline(__always)
  private func step(
    _ number: Int, _ piece: Int, _ worker: Int, gradient: (Range<Int>) -> UnsafeMutablePointer<Float>
  ) {
    let block = blocks.blocks[number]
    var isFinite = true
    var start = 0
    while start < block.elements.count {
      let end = min(start + ParameterBlocks.wanted, block.elements.count)
      let elements = block.elements.lowerBound + start..<block.elements.lowerBound + end
      isFinite =
        update.step(block.role, elements, gradient: gradient(start..<end), scale: scales[worker]) && isFinite
      start = end
    }
    if !isFinite { found(notFinite: block.elements.lowerBound, worker) }
    complete(block, placement.pieces[piece].isShared)
  }

  private func complete(_ block: ParameterBlocks.Block, _ isShared: Bool) {
    update.project(block)
    // Every rank has the whole average of what all learn of, and moves it then: that costs less than to hand it around.
    if !isShared { update.moveAverage(block.elements) }
  }

  /// Moves the average of what every rank has whole by now.
  func moveAverage(_ range: Range<Int>) {
    for block in range { update.moveAverage(placement.layout.elements(ofBlock: block)) }
  }

  /// Where the shards' vectors hold a block.
  private func places(_ block: Int) -> Range<Int> {
    let start = placement.places[block] ?? 0
    return start..<start + blocks.blocks[block].elements.count
  }

  /// Where a block's gradient is kept until it is stepped.
  private func kept(_ piece: Int, _ block: Int) -> UnsafeMutablePointer<Float> {
    guard placement.pieces[piece].route == .sums else {
      return memory.whole.base + placement.layout.elements(ofBlock: block).lowerBound
    }
    return reductions[piece].sum(at: places(block).lowerBound)
  }

  // MARK: Gradients that are not finite

  private var findings: UnsafeMutablePointer<Int> { memory.notFinite + placement.ranks.ranks }

  /// A worker comes to its blocks in an order that depends on how many workers and ranks there are: the first of them by
  /// their place in the flat vector is what is told.
  private func found(notFinite element: Int, _ worker: Int) {
    let first = findings[worker]
    findings[worker] = first < 0 ? element : min(first, element)
  }

  /// The first of some findings; −1 where there is none.
  private func first(_ findings: UnsafeMutablePointer<Int>, count: Int) -> Int {
    (0..<count).lazy.map { findings[$0] }.filter { $0 >= 0 }.min() ?? -1
  }

  /// The first element, of all that the ranks have told each other, whose gradient is not finite; −1 where all are.
  var firstNotFinite: Int {
    memory.notFinite[placement.rank] = first(findings, count: workers)
    return first(memory.notFinite, count: placement.ranks.ranks)
  }

  /// Begins to tell the other ranks, so that all end at the same step.
  func beginSharingFindings(_ group: any ProcessGroup) throws {
    memory.notFinite[placement.rank] = first(findings, count: workers)
    try group.beginExchange(memory.notFinite, runs: (0..<group.count).map { $0..<$0 + 1 })
  }

  // MARK: What ranks hand around

  /// Begins to hand around the squares that each rank has measured of some blocks.
  func beginSharingSquares(_ bucket: Int?, _ group: any ProcessGroup) throws {
    guard let runs = bucket.map({ placement.buckets[$0].blocks }) ?? placement.rowPlan?.bucket.blocks,
      let first = runs.first?.lowerBound
    else { return }
    try group.beginExchange(
      memory.squares + first, runs: runs.map { $0.lowerBound - first..<$0.upperBound - first })
  }

  /// Begins to hand the slices of a bucket around.
  func beginSharing(_ vector: FlatVector, _ bucket: Int, _ group: any ProcessGroup) throws {
    let slices = placement.buckets[bucket].elements
    // A bucket has a slice for each rank, some of them perhaps empty.
    try group.gather(
      vector.base + slices[0].lowerBound, counts: slices.map { $0.count * MemoryLayout<Float>.stride })
  }

  /// Brings all of a vector together, of which each rank has stepped its own slices.
  func gather(_ vector: FlatVector, _ group: any ProcessGroup) throws {
    for bucket in placement.buckets.indices { try beginSharing(vector, bucket, group) }
    try group.finishGathering()
    try gatherRows(vector, group)
  }

  /// The same of the rows that ranks share, which nobody else has learnt of in the step.
  func gatherRows(_ vector: FlatVector, _ group: any ProcessGroup) throws {
    if let plan = placement.rowPlan { try group.exchange(vector.base, runs: plan.bucket.elements) }
  }
}
