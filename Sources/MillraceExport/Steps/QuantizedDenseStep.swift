import MillraceNetwork

/// A fully connected layer whose weights have eight bits, and whose inputs become numbers of eight bits before it.
///
/// A weight is a whole number times the scale of its output. What the inputs' zero adds to each sum is known before, and part
/// of the bias. Sums go on as Floats, so that any activation may follow.
struct QuantizedDenseStep: NetworkStep {
  let inputCount: Int
  /// (outputs, inputs).
  let weights: [Int8]
  /// What a sum of whole numbers is multiplied by, for each output.
  let scales: [Float]
  /// b, with what the inputs' zero adds.
  let bias: [Float]
  let activation: ActivationKind
  let inputs: QuantizedInputs

  var outputCount: Int { bias.count }
  var parameters: [Float] { scales + bias }

  /// Rounds the weights of a layer.
  ///
  /// - Parameters:
  ///   - step: The layer.
  ///   - range: What its inputs lie within.
  init(_ step: DenseStep, inputs range: ClosedRange<Float>) {
    let inputs = QuantizedInputs(range)
    let (rows, count) = (QuantizedRows(step.weights, rowLength: step.inputCount), step.inputCount)
    scales = rows.scales.map { $0 * inputs.scale }
    bias = step.bias.indices.map { row in
      let sum = rows.weights[row * count..<(row + 1) * count].reduce(0) { $0 + Int($1) }
      return step.bias[row] - rows.scales[row] * inputs.scale * inputs.zero * Float(sum)
    }
    (inputCount, activation, weights, self.inputs) = (count, step.activation, rows.weights, inputs)
  }

  func run(_ input: [Float]) -> [Float] {
    let numbers = input.map { Int(inputs.number($0)) }
    var output = bias
    for row in output.indices {
      var sum = 0
      for place in numbers.indices { sum += Int(weights[row * inputCount + place]) * numbers[place] }
      output[row] += scales[row] * Float(sum)
    }
    activation.apply(to: &output)
    return output
  }

  func write(to source: inout CSource, named name: String, from input: String, to output: String) {
    writeConstants(to: &source, named: name)
    inputs.write(to: &source, from: input, count: inputCount)
    source.call(
      .denseOfNumbers,
      "weights_\(name), scales_\(name), bias_\(name), numbers, \(output), \(inputCount), \(outputCount)")
    if let function = CFunction.of(activation) { source.call(function, "\(output), \(outputCount)") }
  }

  /// Writes what ``CFunction/denseOfNumbers`` takes.
  func writeConstants(to source: inout CSource, named name: String) {
    source.constant("weights_\(name)", bytes: weights)
    source.constant("scales_\(name)", floats: scales)
    source.constant("bias_\(name)", floats: bias)
  }
}

extension CFunction {
  static let denseOfNumbers = CFunction(
    "dense_of_numbers",
    """
    /* y = scale (W q) + b. A sum of so many products fits into 32 bits. */
    static void dense_of_numbers(
        const signed char *w, const float *scale, const float *b, const unsigned char *q, float *y, int inputs,
        int outputs) {
      enum { PART = 32768 };
      int i, j;
      for (j = 0; j < outputs; j++, w += inputs) {
        float total = 0;
        int start = 0;
        while (start < inputs) {
          int end = inputs - start > PART ? start + PART : inputs, sum = 0;
          for (i = start; i < end; i++) sum += w[i] * q[i];
          total += (float)sum;
          start = end;
        }
        y[j] = scale[j] * total + b[j];
      }
    }
    """)
}
