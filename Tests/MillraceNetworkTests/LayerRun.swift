@testable import MillraceNetwork

/// The forward and backward pass of one layer over arrays.
struct LayerRun {
  let output: [Float]
  let inputGradient: [Float]
  let gradient: [Float]
  /// What the layer kept between the two passes.
  let scratch: [Float]

  /// Carries out both passes of a layer.
  ///
  /// - Parameters:
  ///   - layer: The layer, which is not synchronised.
  ///   - input: (rows, inputCount).
  ///   - parameters: The layer's slice.
  ///   - outputGradient: (rows, outputCount); nil: ones.
  ///   - isTraining: Whether a minibatch is learned from.
  ///   - place: The layer's place in the network.
  ///   - samples: The rows' samples in the data set; nil: their own numbers.
  ///   - turns: How often each sample was visited before; nil: never.
  init(
    _ layer: some Layer, input: [Float], parameters: [Float] = [], outputGradient: [Float]? = nil,
    isTraining: Bool = true, place: Int = 0, seed: UInt64 = 1, epoch: Int = 0, samples: [Int32]? = nil,
    turns: [Int32]? = nil
  ) {
    let rows = input.count / layer.inputCount
    // These are canaries: every element must be written.
    var output = [Float](repeating: .nan, count: rows * layer.outputCount)
    var gradient = [Float](repeating: .nan, count: max(1, layer.parameters.reduce(0) { $0 + $1.count }))
    var scratch = [Float](repeating: .nan, count: max(1, layer.scratchCount(rows: rows, training: true)))
    let dx = Buffer([Float](repeating: .nan, count: input.count))
    let dy = Buffer(outputGradient ?? [Float](repeating: 1, count: rows * layer.outputCount))
    var input = input
    let parameters = parameters.isEmpty ? [0] : parameters
    let samples = samples ?? (0..<Int32(rows)).map { $0 }
    let turns = Buffer32(turns)
    let matrices = layer.parameters.filter { $0.matrix != nil }
    func memory(_ columns: (ParameterDescription) -> Int) -> [Buffer] {
      matrices.map { Buffer([Float](repeating: .nan, count: rows * ($0.matrix?.parts ?? 1) * columns($0))) }
    }
    let operands = memory(\.rowLength)
    let (products, gradients) = (memory { $0.shape[0] }, memory { $0.shape[0] })
    // A buffer's memory is read through pointers that do not keep it alive.
    defer { withExtendedLifetime((dx, dy, turns, operands, products, gradients)) {} }
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        scratch.withUnsafeMutableBufferPointer { scratch in
          samples.withUnsafeBufferPointer { samples in
            do {
              let context = LayerContext(
                isTraining: isTraining, layer: place, scratch: scratch.baseAddress!,
                samples: SampleKeys(
                  seed: seed, epoch: epoch, indices: samples.baseAddress!, turns: turns.base),
                minibatchCount: rows, sums: UnsafeBufferPointer(start: nil, count: 0), rows: rows,
                matrices: matrices.indices.map { index in
                  let matrix = matrices[index]
                  return MatrixMemory(
                    units: matrix.shape[0], inputs: matrix.rowLength, parts: matrix.matrix?.parts ?? 1,
                    operandStart: operands[index].matrix.base, productStart: products[index].matrix.base,
                    gradientStart: gradients[index].matrix.base)
                })
              let x = Matrix(base: input.baseAddress!, rows: rows, columns: layer.inputCount)
              let y = Matrix(base: output.baseAddress!, rows: rows, columns: layer.outputCount)
              /// A matrix in the layer's slice, or in its gradient.
              func values(_ number: Int, of slice: UnsafeMutablePointer<Float>) -> Matrix {
                let start = matrices[..<number].reduce(0) { $0 + $1.count }
                return Matrix(
                  base: slice + start, rows: matrices[number].shape[0], columns: matrices[number].rowLength)
              }
              func operand(_ number: Int) -> Matrix {
                matrices[number].matrix?.operand == .input ? x : context.operand(number)
              }
              parameters.withUnsafeBufferPointer { parameters in
                let slice = UnsafeMutablePointer(mutating: parameters.baseAddress!)
                for number in matrices.indices {
                  layer.writeOperand(of: number, x, parameters: slice, context: context)
                  MatrixKernel.fast.multiply(
                    values(number, of: slice), transposed: operand(number), into: context.product(number))
                }
              }
              layer.forward(x, into: y, parameters: parameters, context: context)
              gradient.withUnsafeMutableBufferPointer { gradient in
                // A layer without weights touches nothing.
                guard let weights = gradient.baseAddress else { return }
                let first = matrices.reduce(0) { $0 + $1.count }
                layer.backward(
                  input: x, output: y,
                  outputGradient: Matrix(base: dy.matrix.base, rows: rows, columns: layer.outputCount),
                  inputGradient: Matrix(base: dx.matrix.base, rows: rows, columns: layer.inputCount),
                  parameters: parameters, gradient: weights + first, context: context)
                for number in matrices.indices {
                  let left =
                    matrices[number].matrix?.gradient == .output
                    ? Matrix(base: dy.matrix.base, rows: rows, columns: layer.outputCount)
                    : context.productGradient(number)
                  MatrixKernel.fast.multiply(
                    transposed: left, operand(number), into: values(number, of: weights))
                }
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

/// Whole numbers in memory of their own; the memory may be nil.
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
