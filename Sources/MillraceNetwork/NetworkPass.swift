import MillraceMemory

/// One shard's way through the network, forward and backward, in memory allocated once.
///
/// A pass runs in stages: most networks have one; each layer with sums over the whole minibatch begins another.
/// Between two stages the caller adds up what ``sum(beforeStage:isBackward:parameters:into:)`` gives of all shards, and hands the
/// totals to the next.
/// One thread uses a pass at a time.
public final class NetworkPass {
  /// The network it was made for.
  public let network: Network
  /// The most rows it can take.
  public let capacity: Int

  /// One block that holds everything below.
  private let memory: UnsafeMutablePointer<Float>
  private let outputStarts: [Int]
  private let gradientStarts: [Int]
  private let scratchStarts: [Int]
  /// What a layer without sums is handed.
  private let noSums: UnsafeMutablePointer<Double>
  /// The bytes that a pass holds.
  public let byteCount: Int

  private var shard: Shard

  /// What a pass runs over. It borrows its memory until the last stage is done.
  public struct Shard {
    /// (rows, inputCount).
    public let input: Matrix
    /// One a row; nil where outputs alone are wanted.
    public let targets: Targets?
    /// What random numbers follow from.
    public let samples: SampleKeys
    /// The rows of the whole minibatch.
    public let minibatchCount: Int
    /// Whether the minibatch is learned from.
    public let isTraining: Bool

    /// Names a shard.
    public init(
      input: Matrix, targets: Targets?, samples: SampleKeys = .none, minibatchCount: Int, isTraining: Bool
    ) {
      self.input = input
      self.targets = targets
      self.samples = samples
      self.minibatchCount = minibatchCount
      self.isTraining = isTraining
    }
  }

  /// Allocates the memory.
  ///
  /// - Parameters:
  ///   - network: The network to run.
  ///   - capacity: The most rows of a shard.
  ///   - training: Whether ``backward(layer:parameters:sums:into:)`` will be called.
  public init(network: Network, capacity: Int, training: Bool) {
    self.network = network
    self.capacity = capacity
    var next = 0
    func claim(_ count: (any Layer) -> Int) -> [Int] {
      network.layers.map { layer in
        defer { next += (count(layer) + 15) / 16 * 16 }
        return next
      }
    }
    outputStarts = claim { capacity * RowStride.of(columns: $0.outputCount) }
    // The last layer's gradient is the loss's scratch where nothing is learned.
    let last = network.layers.count - 1
    gradientStarts =
      training
      ? claim { capacity * RowStride.of(columns: $0.outputCount) }
      : network.layers.indices.map { index in
        defer {
          if index == last {
            next += (capacity * RowStride.of(columns: network.layers[last].outputCount) + 15) / 16 * 16
          }
        }
        return next
      }
    scratchStarts = claim { $0.scratchCount(rows: capacity) }
    memory = LargeMemory.allocate(next)
    byteCount = next * MemoryLayout<Float>.stride
    noSums = .allocate(capacity: 1)
    noSums.initialize(to: 0)
    shard = Shard(
      input: Matrix(base: memory, rows: 0, columns: network.configuration.inputCount), targets: nil,
      minibatchCount: 0, isTraining: false)
  }

  deinit {
    LargeMemory.deallocate(memory)
    noSums.deallocate()
  }

  // MARK: Stages

  /// Begins a pass.
  public func begin(_ shard: Shard) {
    precondition(
      shard.input.rows <= capacity && shard.input.columns == network.configuration.inputCount,
      "a pass made for \(capacity) × \(network.configuration.inputCount) got "
        + "\(shard.input.rows) × \(shard.input.columns)")
    self.shard = shard
  }

  /// Multiplies some rows of the first layer's weight matrix with the input, once a pass has begun and before its first
  /// stage.
  ///
  /// Any thread may call it, and several at once for different rows.
  ///
  /// - Parameters:
  ///   - rows: Some of the first layer's ``Network/weightRows``.
  ///   - parameters: The network's flat vector.
  public func writeFirstProduct(_ rows: WeightRows, parameters: UnsafePointer<Float>) {
    writeProduct(rows, parameters, UnsafePointer(noSums))
  }

  /// Multiplies all of the first layer's weights with the input.
  public func writeFirstProducts(parameters: UnsafePointer<Float>) {
    for rows in network.weightRows where rows.layer == 0 { writeFirstProduct(rows, parameters: parameters) }
  }

  /// Where the product of some of the first layer's units goes, (units, rows), if somebody else computes it: a
  /// ``FirstLayerPass``. Once a pass has begun.
  public func firstProduct(of units: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    let rows = shard.input.rows
    return UnsafeMutableBufferPointer(
      start: memory + scratchStarts[0] + units.lowerBound * rows, count: units.count * rows)
  }

  /// Copies the gradient of the loss with respect to some of the first layer's units, for the one who computes that of
  /// their weights. Once the last stage is through and before the next pass.
  ///
  /// - Parameters:
  ///   - units: The units.
  ///   - copy: (rows, units).
  public func copyFirstGradient(of units: Range<Int>, into copy: UnsafeMutablePointer<Float>) {
    let gradient = self.gradient(0)
    for row in 0..<gradient.rows {
      (copy + row * units.count).update(from: gradient.row(row) + units.lowerBound, count: units.count)
    }
  }

  /// Runs one stage forward.
  ///
  /// - Parameters:
  ///   - stage: From 0 to ``Network/stageCount`` − 1, in order. Before the first, the first layer's products are there: by
  ///     ``writeFirstProduct(_:parameters:)``, or put into ``firstProduct(of:)``.
  ///   - parameters: The network's flat vector.
  ///   - sums: The totals of the stage before; not read in the first.
  public func forward(stage: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>) {
    for index in network.stages[stage] {
      if index > 0 {
        for rows in network.weightRows where rows.layer == index { writeProduct(rows, parameters, sums) }
      }
      network.layers[index].forward(
        input(of: index), into: output(index), parameters: parameters + network.sliceStarts[index],
        context: context(index, sums))
    }
  }

  /// Runs all stages forward, where nothing is learned and no layer needs sums.
  ///
  /// - Parameter parameters: The network's flat vector.
  public func forward(parameters: UnsafePointer<Float>) {
    writeFirstProducts(parameters: parameters)
    for stage in network.stages.indices {
      forward(stage: stage, parameters: parameters, sums: UnsafePointer(noSums))
    }
  }

  /// Sums the loss after the last stage and, in training, starts the way back with its gradient.
  ///
  /// - Parameter scale: The factor on the gradient, usually 1 / the minibatch's count.
  public func evaluateLoss(scale: Float) -> LossSum {
    guard let targets = shard.targets else { return LossSum() }
    let last = network.layers.count - 1
    return network.loss.evaluate(
      output(last), targets, gradient: gradient(last), scale: scale, isTraining: shard.isTraining)
  }

  /// Runs one layer backward.
  ///
  /// - Parameters:
  ///   - index: The layer. Those of a stage come in the order of ``Network/backwardLayers(ofStage:)``, the last stage first.
  ///   - parameters: The network's flat vector.
  ///   - sums: The totals that the stage after has made; not read in the last.
  ///   - gradient: Where the gradient of the layer's parameters goes, in order and without gaps, but for a weight matrix.
  public func backward(
    layer index: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    network.layers[index].backward(
      input: input(of: index), output: output(index), outputGradient: self.gradient(index),
      inputGradient: index > network.firstLearned ? self.gradient(index - 1) : nil,
      parameters: parameters + network.sliceStarts[index], gradient: gradient, context: context(index, sums))
  }

  /// Writes what this shard adds to the totals at the boundary before a stage: forward, when the stage before is through;
  /// backward, when all layers of this one are.
  ///
  /// - Parameters:
  ///   - stage: From 1 on.
  ///   - isBackward: Which way the pass crosses the boundary.
  ///   - parameters: The network's flat vector.
  ///   - sums: As many as ``Network/sumCount(beforeStage:)`` says.
  public func sum(
    beforeStage stage: Int, isBackward: Bool, parameters: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    let index = network.stages[stage].lowerBound
    let layer = network.synchronized[stage - 1]
    if isBackward {
      layer.sumBackward(
        input: input(of: index), output: output(index), outputGradient: self.gradient(index),
        parameters: parameters + network.sliceStarts[index], context: context(index, UnsafePointer(noSums)),
        into: sums)
    } else {
      layer.sumForward(input(of: index), into: sums)
    }
  }

  /// Writes the gradient of some rows of a weight matrix, once the last stage is through and before the next pass.
  ///
  /// Any thread may call it, and several at once for different rows.
  ///
  /// - Parameters:
  ///   - rows: One of ``Network/weightRows``.
  ///   - gradient: Where it goes, one row after another.
  public func writeWeightGradient(_ rows: WeightRows, into gradient: UnsafeMutablePointer<Float>) {
    let columns = rows.columns(of: rows.tiles.indices)
    writeWeightGradient(
      rows, tiles: rows.tiles.indices,
      into: Matrix(base: gradient, rows: rows.units.count, columns: columns.count))
  }

  /// Writes some tiles of it.
  ///
  /// - Parameters:
  ///   - rows: One of ``Network/weightRows``.
  ///   - tiles: Neighbours among their tiles.
  ///   - gradient: (the rows, the columns of these tiles).
  public func writeWeightGradient(_ rows: WeightRows, tiles: Range<Int>, into gradient: Matrix) {
    network.writeWeightGradient(
      rows, units: rows.units, tiles: tiles, input: input(of: rows.layer),
      outputGradient: self.gradient(rows.layer), into: gradient)
  }

  /// The last layer's outputs, (rows, outputs), valid until the next pass.
  public var outputs: Matrix { output(network.layers.count - 1) }

  /// A layer's outputs of the last pass, (rows, the layer's outputs), valid until the next.
  public func output(ofLayer index: Int) -> Matrix { output(index) }

  private func writeProduct(
    _ rows: WeightRows, _ parameters: UnsafePointer<Float>, _ sums: UnsafePointer<Double>
  ) {
    network.layers[rows.layer].writeProduct(
      of: rows.units, input(of: rows.layer), parameters: parameters + network.sliceStarts[rows.layer],
      context: context(rows.layer, sums))
  }

  // MARK: Views

  private func input(of layer: Int) -> Matrix { layer > 0 ? output(layer - 1) : shard.input }

  private func output(_ layer: Int) -> Matrix { matrix(at: outputStarts[layer], ofLayer: layer) }

  private func gradient(_ layer: Int) -> Matrix { matrix(at: gradientStarts[layer], ofLayer: layer) }

  private func matrix(at start: Int, ofLayer layer: Int) -> Matrix {
    let columns = network.layers[layer].outputCount
    return Matrix(
      base: memory + start, rows: shard.input.rows, columns: columns,
      stride: RowStride.of(columns: columns))
  }

  private func context(_ layer: Int, _ sums: UnsafePointer<Double>) -> LayerContext {
    LayerContext(
      isTraining: shard.isTraining, layer: layer, scratch: memory + scratchStarts[layer],
      samples: shard.samples, minibatchCount: shard.minibatchCount, sums: sums)
  }
}

extension Network {
  /// Writes the gradient of some tiles, each in a product of its own: whoever computes which of them, the bits are the same.
  ///
  /// - Parameters:
  ///   - rows: The rows of the weight matrix.
  ///   - units: The columns of the output gradient that are theirs.
  ///   - tiles: Neighbours among their tiles.
  ///   - input: The layer's input.
  ///   - outputGradient: As the layer's backward pass has left it.
  ///   - gradient: (the rows, the columns of these tiles).
  func writeWeightGradient(
    _ rows: WeightRows, units: Range<Int>, tiles: Range<Int>, input: Matrix, outputGradient: Matrix,
    into gradient: Matrix
  ) {
    let start = rows.tiles[tiles.lowerBound].lowerBound
    for tile in tiles {
      let columns = rows.tiles[tile]
      layers[rows.layer].writeWeightGradient(
        of: units, input: input.slice(columns: columns), outputGradient: outputGradient,
        into: gradient.slice(columns: columns.lowerBound - start..<columns.upperBound - start))
    }
  }

  /// The stages of a pass: 1, and 1 for each layer with sums over the whole minibatch.
  public var stageCount: Int { stages.count }
  /// A stage's layers in the order of a pass backward, in which a layer with sums over the minibatch belongs to the stage
  /// before: its sums are made at the end of its own.
  public func backwardLayers(ofStage stage: Int) -> ReversedCollection<Range<Int>> {
    let isLast = stage + 1 == stages.count
    let first = stage > 0 ? stages[stage].lowerBound + 1 : 0
    return (first..<(isLast ? layers.count : stages[stage].upperBound + 1)).reversed()
  }

  /// The sums at the boundary before a stage.
  ///
  /// - Parameter stage: From 1 on.
  public func sumCount(beforeStage stage: Int) -> Int { synchronized[stage - 1].sumCount }
  /// The most sums that any boundary between stages has.
  public var largestSumCount: Int {
    synchronized.map(\.sumCount).max() ?? 0
  }
}

extension NetworkPass {
  /// Runs all stages of a minibatch that is one shard.
  ///
  /// - Parameters:
  ///   - shard: The whole minibatch.
  ///   - parameters: The network's flat vector.
  ///   - gradient: As long; nil runs forward alone. Receives the gradient of the mean loss.
  /// - Returns: The loss of the rows.
  @discardableResult
  public func run(
    _ shard: Shard, parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>? = nil
  ) -> LossSum {
    begin(shard)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(1, network.largestSumCount))
    sums.initialize(repeating: 0, count: max(1, network.largestSumCount))
    defer { sums.deallocate() }
    writeFirstProducts(parameters: parameters)
    for stage in network.stages.indices {
      if stage > 0, shard.isTraining {
        sum(beforeStage: stage, isBackward: false, parameters: parameters, into: sums)
      }
      forward(stage: stage, parameters: parameters, sums: sums)
    }
    let loss = evaluateLoss(scale: 1 / Float(max(1, shard.minibatchCount)))
    guard let gradient else { return loss }
    for stage in network.stages.indices.reversed() {
      if stage + 1 < network.stageCount {
        sum(beforeStage: stage + 1, isBackward: true, parameters: parameters, into: sums)
      }
      backward(stage: stage, parameters: parameters, sums: sums, into: gradient)
    }
    return loss
  }

  /// Runs one stage backward.
  ///
  /// - Parameter gradient: As long as the parameters. Each stage writes its layers' slices.
  func backward(
    stage: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for layer in network.backwardLayers(ofStage: stage) {
      let rest = network.parameters.first { $0.layer == layer && !$0.isMatrix }
      backward(
        layer: layer, parameters: parameters, sums: sums, into: gradient + (rest?.range.lowerBound ?? 0))
      for rows in network.weightRows where rows.layer == layer {
        writeWeightGradient(rows, into: gradient + rows.elements.lowerBound)
      }
    }
  }
}
