@testable import MillraceNetwork

/// One layer's forward and backward pass over arrays.
struct LayerRun {
  let output: [Float]
  let inputGradient: [Float]
  let gradient: [Float]
  /// What the layer kept between the two.
  let scratch: [Float]

  /// Runs a layer.
  ///
  /// - Parameters:
  ///   - layer: Not synchronised.
  ///   - input: (rows, inputCount).
  ///   - parameters: The layer's slice.
  ///   - outputGradient: (rows, outputCount); nil: ones.
  ///   - isTraining: Whether a minibatch is learned from.
  ///   - place: The layer's place in the network.
  ///   - samples: The rows' samples in the data set; nil: their own numbers.
  ///   - turns: How often each was visited before; nil: never.
  init(
    _ layer: some Layer, input: [Float], parameters: [Float] = [], outputGradient: [Float]? = nil,
    isTraining: Bool = true, place: Int = 0, seed: UInt64 = 1, epoch: Int = 0, samples: [Int32]? = nil,
    turns: [Int32]? = nil
  ) {
    let rows = input.count / layer.inputCount
    // Canaries: every element must be written.
    var output = [Float](repeating: .nan, count: rows * layer.outputCount)
    var gradient = [Float](repeating: .nan, count: max(1, layer.parameters.reduce(0) { $0 + $1.count }))
    var scratch = [Float](repeating: .nan, count: max(1, layer.scratchCount(rows: rows)))
    let dx = Buffer([Float](repeating: .nan, count: input.count))
    let dy = Buffer(outputGradient ?? [Float](repeating: 1, count: rows * layer.outputCount))
    var input = input
    let parameters = parameters.isEmpty ? [0] : parameters
    let samples = samples ?? (0..<Int32(rows)).map { $0 }
    let turns = Buffer32(turns)
    let sums = [0.0]
    // A buffer's memory is read through pointers that do not keep it alive.
    defer { withExtendedLifetime((dx, dy, turns)) {} }
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        scratch.withUnsafeMutableBufferPointer { scratch in
          samples.withUnsafeBufferPointer { samples in
            sums.withUnsafeBufferPointer { sums in
              let context = LayerContext(
                isTraining: isTraining, layer: place, scratch: scratch.baseAddress!,
                samples: SampleKeys(
                  seed: seed, epoch: epoch, indices: samples.baseAddress!, turns: turns.base),
                minibatchCount: rows, sums: sums.baseAddress!)
              let x = Matrix(base: input.baseAddress!, rows: rows, columns: layer.inputCount)
              let y = Matrix(base: output.baseAddress!, rows: rows, columns: layer.outputCount)
              layer.writeProduct(of: 0..<layer.outputCount, x, parameters: parameters, context: context)
              layer.forward(x, into: y, parameters: parameters, context: context)
              gradient.withUnsafeMutableBufferPointer { gradient in
                // A layer without weights touches nothing.
                guard let weights = gradient.baseAddress else { return }
                let matrix = layer.parameters.first { $0.role == .weight }?.count ?? 0
                layer.backward(
                  input: x, output: y,
                  outputGradient: Matrix(base: dy.matrix.base, rows: rows, columns: layer.outputCount),
                  inputGradient: Matrix(base: dx.matrix.base, rows: rows, columns: layer.inputCount),
                  parameters: parameters, gradient: weights + matrix, context: context)
                layer.writeWeightGradient(
                  of: 0..<layer.outputCount, input: x,
                  outputGradient: Matrix(base: dy.matrix.base, rows: rows, columns: layer.outputCount),
                  into: Matrix(base: weights, rows: layer.outputCount, columns: layer.inputCount))
              }
            }
          }
        }
      }
    }
    self.output = output
    self.inputGradient = dx.values
    self.gradient = gradient
    self.scratch = scratch
  }
}

/// Whole numbers in memory of their own, or none.
private final class Buffer32 {
  let base: UnsafePointer<Int32>?

  init(_ values: [Int32]?) {
    base = values.map { values in
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: values.count)
      memory.initialize(from: values, count: values.count)
      return UnsafePointer(memory)
    }
  }

  deinit { base?.deallocate() }
}
