/// The inputs of a layer as numbers of eight bits: x = scale · (q − zero), with q from 0 to 255. Values outside of the range
/// that was measured take its ends.
///
/// Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference",
/// 2018, section 2.
struct QuantizedInputs {
  let scale: Float
  /// The q that stands for 0, which is exact: what does not respond adds nothing.
  let zero: Float

  /// - Parameter range: What the inputs lie within.
  init(_ range: ClosedRange<Float>) {
    let (low, high) = (min(0, range.lowerBound), max(0, range.upperBound))
    scale = high > low ? (high - low) / 255 : 1
    zero = (-low / scale).rounded()
  }

  /// The q of a value.
  func number(_ value: Float) -> Float { max(0, min(255, (value / scale + zero).rounded())) }

  /// Writes what makes the inputs of a layer `numbers`.
  func write(to source: inout CSource, from input: String, count: Int) {
    source.needNumbers(count)
    source.call(.quantize, "\(input), numbers, \(count), \(cLiteral(1 / scale)), \(cLiteral(zero))")
  }
}

/// The rows of a matrix as whole numbers from −127 to 127, each row with a scale of its own.
struct QuantizedRows {
  let weights: [Int8]
  let scales: [Float]

  /// - Parameters:
  ///   - values: The matrix, row by row.
  ///   - rowLength: The values of a row.
  init(_ values: [Float], rowLength: Int) {
    var weights: [Int8] = []
    weights.reserveCapacity(values.count)
    scales = stride(from: 0, to: values.count, by: rowLength).map { start in
      let row = values[start..<start + rowLength]
      let largest = row.reduce(0) { max($0, $1.magnitude) }
      let scale = largest > 0 ? largest / 127 : 1
      for value in row { weights.append(Int8(max(-127, min(127, (value / scale).rounded())))) }
      return scale
    }
    self.weights = weights
  }
}

extension CFunction {
  static let quantize = CFunction(
    "quantize",
    """
    /* q = x / scale + zero, rounded and held to 0 ... 255. */
    static void quantize(const float *x, unsigned char *q, int count, float inverse, float zero) {
      int i;
      for (i = 0; i < count; i++) {
        float value = x[i] * inverse + zero + 0.5f;
        q[i] = value > 0 ? (unsigned char)(value < 255 ? value : 255) : 0;
      }
    }
    """)
}
