import MillraceNetwork

/// A fully connected layer: y = f(W · x + b).
struct DenseStep: NetworkStep {
  let inputCount: Int
  /// W, (outputs, inputs).
  let weights: [Float]
  /// b.
  let bias: [Float]
  /// f.
  let activation: ActivationKind

  var outputCount: Int { bias.count }
  var parameters: [Float] { weights + bias }

  func run(_ input: [Float]) -> [Float] {
    var output = bias
    weights.withUnsafeBytes { weights in
      input.withUnsafeBytes { input in
        let stride = MemoryLayout<SIMD8<Float>>.stride
        let rowBytes = input.count
        for row in output.indices {
          var sums = SIMD8<Float>.zero
          var place = 0
          while place + stride <= rowBytes {
            sums +=
              weights.loadUnaligned(fromByteOffset: row * rowBytes + place, as: SIMD8<Float>.self)
              * input.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
            place += stride
          }
          var sum = sums.sum()
          while place < rowBytes {
            sum +=
              weights.loadUnaligned(fromByteOffset: row * rowBytes + place, as: Float.self)
              * input.loadUnaligned(fromByteOffset: place, as: Float.self)
            place += MemoryLayout<Float>.stride
          }
          output[row] += sum
        }
      }
    }
    activation.apply(to: &output)
    return output
  }

  func followed(scale: [Float], shift: [Float], activation: ActivationKind) -> (any NetworkStep)? {
    guard self.activation == .identity, scale.count == outputCount else { return nil }
    return scaled(by: scale, shift: shift, activation: activation)
  }

  /// The layer whose sums are multiplied by a factor each, and shifted, before an activation.
  func scaled(by scale: [Float], shift: [Float], activation: ActivationKind) -> DenseStep {
    var weights = weights
    for row in 0..<outputCount {
      for place in row * inputCount..<(row + 1) * inputCount { weights[place] *= scale[row] }
    }
    return DenseStep(
      inputCount: inputCount, weights: weights,
      bias: bias.indices.map { scale[$0] * bias[$0] + shift[$0] }, activation: activation)
  }

  func quantized(for inputs: ClosedRange<Float>) -> any NetworkStep {
    QuantizedDenseStep(self, inputs: inputs)
  }

  func write(to source: inout CSource, named name: String, from input: String, to output: String) {
    writeConstants(to: &source, named: name)
    source.call(.dense, "weights_\(name), bias_\(name), \(input), \(output), \(inputCount), \(outputCount)")
    if let function = CFunction.of(activation) { source.call(function, "\(output), \(outputCount)") }
  }

  /// Writes what ``CFunction/dense`` takes.
  func writeConstants(to source: inout CSource, named name: String) {
    source.constant("weights_\(name)", floats: weights)
    source.constant("bias_\(name)", floats: bias)
  }
}

extension CFunction {
  static let dense = CFunction(
    "dense",
    """
    /* y = W x + b. Several sums at a time, which a compiler makes one vector, and which rounds less. */
    static void dense(const float *w, const float *b, const float *x, float *y, int inputs, int outputs) {
      enum { LANES = 16 };
      int i, j, k;
      for (j = 0; j < outputs; j++, w += inputs) {
        float sums[LANES] = {0}, total = 0;
        for (i = 0; i + LANES <= inputs; i += LANES)
          for (k = 0; k < LANES; k++) sums[k] += w[i + k] * x[i + k];
        for (; i < inputs; i++) total += w[i] * x[i];
        for (k = 0; k < LANES; k++) total += sums[k];
        y[j] = total + b[j];
      }
    }
    """)
}
