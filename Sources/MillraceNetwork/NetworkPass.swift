import MillraceVectors

/// One shard's way through the network, forward and backward, in memory allocated once.
///
/// A pass runs in stages: most networks have one; each layer with sums over the whole minibatch begins another.
/// Between two stages the caller adds up what ``sum(beforeStage:isBackward:parameters:into:)`` gives of all shards, and hands the
/// totals to the next.
/// One thread uses a pass at a time.
package final class NetworkPass {
  /// The network it was made for.
  package let network: Network
  /// The most rows it can take.
  package let capacity: Int

  /// One block that holds everything below.
  private let memory: UnsafeMutablePointer<Float>
  private let outputStarts: [Int]
  private let gradientStarts: [Int]
  private let scratchStarts: [Int]
  /// By layer and matrix.
  private let matrices: [[MatrixMemory]]
  /// What a network without sums is handed.
  private let noSums: UnsafeMutablePointer<Double>
  /// The bytes that a pass holds.
  package let byteCount: Int

  private var shard: Shard

  /// What a pass runs over. It borrows its memory until the last stage is done.
  package struct Shard {
    /// (rows, inputCount).
    package let input: Matrix
    /// One a row; nil where outputs alone are wanted.
    package let targets: Targets?
    /// The factor on each row's loss in training; nil: 1.
    package let weights: UnsafePointer<Float>?
    /// What random numbers follow from.
    package let samples: SampleKeys
    /// The rows of the whole minibatch.
    package let minibatchCount: Int
    /// Whether the minibatch is learned from.
    package let isTraining: Bool

    /// Names a shard.
    package init(
      input: Matrix, targets: Targets?, weights: UnsafePointer<Float>? = nil, samples: SampleKeys = .none,
      minibatchCount: Int, isTraining: Bool
    ) {
      self.input = input
      self.targets = targets
      self.weights = weights
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
  package init(network: Network, capacity: Int, training: Bool) {
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
    var scratchStarts: [Int] = []
    var places: [[(operand: Int?, product: Int, gradient: Int?)]] = []
    func claim(_ count: Int) -> Int {
      defer { next += (count + 15) / 16 * 16 }
      return next
    }
    for layer in network.layers {
      places.append(
        layer.parameters.compactMap { tensor in
          guard let matrix = tensor.matrix else { return nil }
          let rows = capacity * matrix.parts
          return (
            matrix.operand == .written ? claim(rows * tensor.rowLength) : nil, claim(rows * tensor.shape[0]),
            matrix.gradient == .written && training ? claim(rows * tensor.shape[0]) : nil
          )
        })
      scratchStarts.append(claim(layer.scratchCount(rows: capacity, training: training)))
    }
    self.scratchStarts = scratchStarts
    let memory = LargeMemory.allocate(next)
    self.memory = memory
    matrices = zip(network.layers, places).map { layer, places in
      let tensors = layer.parameters.filter { $0.matrix != nil }
      return zip(tensors, places).map { tensor, place in
        MatrixMemory(
          units: tensor.shape[0], inputs: tensor.rowLength, parts: tensor.matrix?.parts ?? 1,
          operandStart: place.operand.map { memory + $0 }, productStart: memory + place.product,
          gradientStart: place.gradient.map { memory + $0 })
      }
    }
    byteCount = next * MemoryLayout<Float>.stride
    noSums = .allocate(capacity: 1)
    noSums.initialize(to: 0)
    shard = Shard(
      input: Matrix(base: memory, rows: 0, columns: network.inputCount), targets: nil,
      minibatchCount: 0, isTraining: false)
  }

  deinit {
    LargeMemory.deallocate(memory)
    noSums.deallocate()
  }

  // MARK: Stages

  /// Begins a pass.
  package func begin(_ shard: Shard) {
    precondition(
      shard.input.rows <= capacity && shard.input.columns == network.inputCount,
      "a pass made for \(capacity) × \(network.inputCount) got "
        + "\(shard.input.rows) × \(shard.input.columns)")
    self.shard = shard
  }

  /// Runs one stage forward.
  ///
  /// - Parameters:
  ///   - stage: From 0 to ``Network/stageCount`` − 1, in order. Before the first, the products that are ahead are there:
  ///     by ``writeProduct(ahead:parameters:)``, or put into ``product(of:units:)``.
  ///   - parameters: The network's flat vector.
  ///   - sums: The totals of the stage before; not read in the first.
  package func forward(stage: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>) {
    for index in network.stages[stage] {
      let (layer, context) = (network.layers[index], context(index, sums))
      let (input, slice) = (input(of: index), parameters + network.sliceStarts[index])
      for (number, rows) in network.products[index].enumerated() where rows.first?.isAhead == false {
        layer.writeOperand(of: number, input, parameters: slice, context: context)
        for part in rows { writeProduct(part, parameters) }
      }
      layer.forward(input, into: output(index), parameters: slice, context: context)
    }
  }

  /// Runs all stages forward, where nothing is learned and no layer needs sums.
  ///
  /// - Parameter parameters: The network's flat vector.
  package func forward(parameters: UnsafePointer<Float>) {
    writeProductsAhead(parameters: parameters)
    for stage in network.stages.indices {
      forward(stage: stage, parameters: parameters, sums: UnsafePointer(noSums))
    }
  }

  /// Sums the loss after the last stage and, in training, starts the way back with its gradient.
  ///
  /// - Parameter scale: The factor on the gradient, usually 1 / the minibatch's count.
  package func evaluateLoss(scale: Float) -> LossSum {
    guard let targets = shard.targets else { return LossSum() }
    let last = network.layers.count - 1
    return network.loss.evaluate(
      output(last), targets, weights: shard.weights, gradient: gradient(last), scale: scale,
      isTraining: shard.isTraining)
  }

  /// Runs one layer backward.
  ///
  /// - Parameters:
  ///   - index: The layer. Those of a stage come in the order of ``Network/backwardLayers(ofStage:)``, the last stage first.
  ///   - parameters: The network's flat vector.
  ///   - sums: The totals that the stage after has made; not read in the last.
  ///   - gradient: Where the gradient of the layer's parameters goes, in order and without gaps, but for its matrices.
  package func backward(
    layer index: Int, parameters: UnsafePointer<Float>, sums: UnsafePointer<Double>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    network.layers[index].backward(
      input: input(of: index), output: output(index), outputGradient: self.gradient(index),
      inputGradient: index > network.firstStepped ? self.gradient(index - 1) : nil,
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
  package func sum(
    beforeStage stage: Int, isBackward: Bool, parameters: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    let index = network.stages[stage].lowerBound
    let (layer, context) = (network.synchronized[stage - 1], context(index, UnsafePointer(noSums)))
    let slice = parameters + network.sliceStarts[index]
    if isBackward {
      layer.sumBackward(
        input: input(of: index), output: output(index), outputGradient: self.gradient(index),
        parameters: slice, context: context, into: sums)
    } else {
      layer.sumForward(input(of: index), parameters: slice, context: context, into: sums)
    }
  }

  /// The last layer's outputs, (rows, outputs), valid until the next pass.
  package var outputs: Matrix { output(network.layers.count - 1) }

  /// What the last layer with weights has read in the last pass, (rows, ``Network/featureCount``), valid until the next.
  package var features: Matrix { input(of: network.classifier) }

  /// A layer's outputs of the last pass, (rows, the layer's outputs), valid until the next.
  package func output(ofLayer index: Int) -> Matrix { output(index) }

  // MARK: Views

  func input(of layer: Int) -> Matrix { layer > 0 ? output(layer - 1) : shard.input }

  private func output(_ layer: Int) -> Matrix { matrix(at: outputStarts[layer], ofLayer: layer) }

  func gradient(_ layer: Int) -> Matrix { matrix(at: gradientStarts[layer], ofLayer: layer) }

  private func matrix(at start: Int, ofLayer layer: Int) -> Matrix {
    let columns = network.layers[layer].outputCount
    return Matrix(
      base: memory + start, rows: shard.input.rows, columns: columns,
      stride: RowStride.of(columns: columns))
  }

  private func context(_ layer: Int, _ sums: UnsafePointer<Double>) -> LayerContext {
    LayerContext(
      isTraining: shard.isTraining, layer: layer, scratch: memory + scratchStarts[layer],
      samples: shard.samples, minibatchCount: shard.minibatchCount,
      sums: UnsafeBufferPointer(start: sums, count: shard.isTraining ? network.sumCounts[layer] : 0),
      rows: rows, matrices: matrices[layer])
  }

  /// The rows of the shard.
  var rows: Int { shard.input.rows }

  /// Where the memory of a matrix is.
  func matrix(_ rows: WeightRows) -> MatrixMemory { matrices[rows.layer][rows.matrix] }
}
