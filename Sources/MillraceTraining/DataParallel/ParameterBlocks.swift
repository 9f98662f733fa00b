import MillraceNetwork

/// The flat parameter vector cut into blocks that are summed and stepped one at a time; of what is fixed there are none.
///
/// The cut depends on the network alone. A block holds whole rows of one tensor, because a unit's incoming weights
/// are a row and its norm must be known to one worker. Workers own portions, which are runs of blocks; whatever is
/// added up block by block is therefore the same bits for any number of them.
struct ParameterBlocks {
  /// A block.
  struct Block {
    /// What training does with its tensor.
    let role: ParameterDescription.Role
    /// Its elements of the flat vector.
    let elements: Range<Int>
    /// The elements of a row.
    let columns: Int
  }

  /// Neighbouring blocks that one worker sums and steps: a tensor, or some rows of a weight matrix.
  struct Portion {
    /// The rows, where it is of a weight matrix.
    let weights: WeightRows?
    /// The blocks, by number.
    let blocks: Range<Int>
    /// The number of elements.
    let count: Int
  }

  /// All blocks, in order and without gaps: the layers that are fixed are the first.
  let blocks: [Block]
  /// All portions, in order and without gaps.
  let portions: [Portion]

  /// Elements that a block should have: parameters, velocity and two shards of as many fit a 32 KB cache.
  static let wanted = 2048

  init(network: Network) {
    var blocks: [Block] = []
    var portions: [Portion] = []
    for tensor in network.parameters where tensor.description.role != .fixed {
      let columns = tensor.description.rowLength
      let step = columns * max(1, Self.wanted / columns)
      func add(_ elements: Range<Int>, weights: WeightRows?) {
        let first = blocks.count
        for start in stride(from: elements.lowerBound, to: elements.upperBound, by: step) {
          blocks.append(
            Block(
              role: tensor.description.role, elements: start..<min(start + step, elements.upperBound),
              columns: columns))
        }
        portions.append(Portion(weights: weights, blocks: first..<blocks.count, count: elements.count))
      }
      let rows = network.weightRows.filter { network.parameters[$0.parameter] == tensor }
      if rows.isEmpty { add(tensor.range, weights: nil) }
      for part in rows { add(part.elements, weights: part) }
    }
    self.blocks = blocks
    self.portions = portions
    assert(isSound)
  }

  /// Whether blocks and portions follow each other without gaps, and a block holds whole rows.
  private var isSound: Bool {
    zip(blocks, blocks.dropFirst()).allSatisfy { $0.elements.upperBound == $1.elements.lowerBound }
      && blocks.allSatisfy { $0.elements.count.isMultiple(of: $0.columns) }
      && zip(portions, portions.dropFirst()).allSatisfy { $0.blocks.upperBound == $1.blocks.lowerBound }
      && portions.reduce(0) { $0 + $1.blocks.count } == blocks.count
  }

  /// Whether workers that share the rows of the weight matrices, and compute with theirs for all shards, are less idle
  /// than workers that compute whole shards. Either way the products are the same.
  ///
  /// A row's gradient and the first layer's weights then stay with the worker that steps them, and no other core has to
  /// hand them over. A worker alone, too, uses a gradient up while it is near.
  func sharesRows(workers: Int, shards: Int) -> Bool {
    let rows = Shares(portionsByRows(workers: workers))
    return rows.isEven || rows.longest <= Double((shards + workers - 1) / workers) / Double(shards)
  }

  /// How work is divided among owners.
  struct Shares {
    /// The longest share of the whole.
    let longest: Double
    private let mean: Double

    /// The most that the longest share may be above the mean, by which the others wait, for a division that still counts as
    /// even: what rows cost less than shards or gradients do in memory or messages is worth about as much.
    static let tolerance = 1.1

    init(_ owners: [some Sequence<Portion>]) {
      let counts = owners.map { $0.reduce(0) { $0 + $1.count } }
      longest = Double(counts.max() ?? 0) / Double(max(1, counts.reduce(0, +)))
      mean = 1 / Double(max(1, owners.count))
    }

    /// Whether nobody waits long for the one who has most.
    var isEven: Bool { longest <= Self.tolerance * mean }
  }

  /// The portions of each worker, in order: about the same number of elements.
  func portionsByRows(workers: Int) -> [[Portion]] {
    // The longest first, each to the worker that has least so far.
    var shares = Array(repeating: [Int](), count: workers)
    var loads = Array(repeating: 0, count: workers)
    for index in portions.indices.sorted(by: { (portions[$1].count, $0) < (portions[$0].count, $1) }) {
      let worker = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      shares[worker].append(index)
      loads[worker] += portions[index].count
    }
    return shares.map { share in share.sorted().map { portions[$0] } }
  }

  /// Blocks cut into contiguous runs of about the same number of elements.
  func slices(of indices: Range<Int>, count: Int) -> [Range<Int>] {
    guard !indices.isEmpty else { return Array(repeating: indices, count: count) }
    let start = blocks[indices.lowerBound].elements.lowerBound
    let total = blocks[indices.upperBound - 1].elements.upperBound - start
    var bounds = [indices.lowerBound]
    for run in 1..<max(1, count) {
      let target = start + total * run / count
      bounds.append(indices.first { blocks[$0].elements.lowerBound >= target } ?? indices.upperBound)
    }
    bounds.append(indices.upperBound)
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }

  /// The blocks of some elements, which are whole layers.
  func indices(of elements: Range<Int>) -> Range<Int> {
    let first = blocks.firstIndex { $0.elements.lowerBound >= elements.lowerBound } ?? blocks.count
    let last = blocks.firstIndex { $0.elements.lowerBound >= elements.upperBound } ?? blocks.count
    return first..<last
  }

  /// The elements of some blocks; without blocks none, at the place where they would be.
  func elements(of indices: Range<Int>) -> Range<Int> {
    func start(_ index: Int) -> Int {
      index < blocks.count ? blocks[index].elements.lowerBound : blocks.last?.elements.upperBound ?? 0
    }
    return start(indices.lowerBound)..<start(indices.upperBound)
  }
}
