import MillraceNetwork

/// A convolution over planes of channels: a fully connected layer on each window.
struct ConvolutionStep: NetworkStep {
  let shape: ConvolutionShape
  /// From a window, (channels of the input, kernel, kernel), to a place's channels.
  let dense: DenseStep

  /// Folds the normalisation of a layer into its weights.
  ///
  /// - Parameters:
  ///   - layer: The layer; its pooling is another step.
  ///   - tensors: Its parameters, in their order.
  init(_ layer: Convolution, tensors: [[Float]]) {
    let isNormalized = layer.normalization != .none
    let sums = DenseStep(
      inputCount: layer.shape.windowCount, weights: tensors[0],
      bias: isNormalized ? Array(repeating: 0, count: layer.channels) : tensors[1],
      activation: isNormalized ? .identity : layer.activation)
    shape = layer.shape
    if isNormalized {
      let (scale, shift) = BatchNormalization.inUse(tensors.dropFirst())
      dense = sums.scaled(by: scale, shift: shift, activation: layer.activation)
    } else {
      dense = sums
    }
  }

  var inputCount: Int { shape.input.count }
  var outputCount: Int { shape.output.count }
  var parameters: [Float] { dense.parameters }

  func run(_ input: [Float]) -> [Float] { shape.eachWindow(of: input, dense.run) }

  func quantized(for inputs: ClosedRange<Float>) -> any NetworkStep {
    QuantizedConvolutionStep(shape: shape, dense: QuantizedDenseStep(dense, inputs: inputs))
  }

  func write(to source: inout CSource, named name: String, from input: String, to output: String) {
    dense.writeConstants(to: &source, named: name)
    source.needWindow(shape.windowCount + shape.channels)
    source.use(.dense)
    source.call(
      .convolve, "weights_\(name), bias_\(name), \(input), window, \(output), \(shape.cArguments)")
    if let function = CFunction.of(dense.activation) { source.call(function, "\(output), \(outputCount)") }
  }
}

/// A convolution whose weights have eight bits, as ``QuantizedDenseStep`` has them.
struct QuantizedConvolutionStep: NetworkStep {
  let shape: ConvolutionShape
  let dense: QuantizedDenseStep

  var inputCount: Int { shape.input.count }
  var outputCount: Int { shape.output.count }
  var parameters: [Float] { dense.parameters }

  func run(_ input: [Float]) -> [Float] { shape.eachWindow(of: input, dense.run) }

  func write(to source: inout CSource, named name: String, from input: String, to output: String) {
    dense.writeConstants(to: &source, named: name)
    // The picture as numbers, then a window of them.
    dense.inputs.write(to: &source, from: input, count: inputCount)
    source.needNumbers(inputCount + shape.windowCount)
    source.needWindow(shape.channels)
    source.use(.denseOfNumbers)
    source.call(
      .convolveNumbers,
      "weights_\(name), scales_\(name), bias_\(name), numbers, \(Int(dense.inputs.zero)), numbers + \(inputCount), "
        + "window, \(output), \(shape.cArguments)")
    if let function = CFunction.of(dense.activation) { source.call(function, "\(output), \(outputCount)") }
  }
}

extension ConvolutionShape {
  /// Hands each window to `body` and lays what comes of it into planes; the border is zero.
  fileprivate func eachWindow(of picture: [Float], _ body: ([Float]) -> [Float]) -> [Float] {
    let output = output
    var planes = [Float](repeating: 0, count: output.count)
    var window = [Float](repeating: 0, count: windowCount)
    for place in 0..<output.places {
      let (top, left) = (
        place / output.width * stride - padding, place % output.width * stride - padding
      )
      for index in window.indices {
        let (plane, y, x) = (
          index / (kernel * kernel), top + index / kernel % kernel, left + index % kernel
        )
        let isInside = y >= 0 && y < input.height && x >= 0 && x < input.width
        window[index] = isInside ? picture[(plane * input.height + y) * input.width + x] : 0
      }
      for (channel, value) in body(window).enumerated() { planes[channel * output.places + place] = value }
    }
    return planes
  }

  /// The input's shape, then the windows, as arguments in C.
  fileprivate var cArguments: String {
    "\(input.channels), \(input.height), \(input.width), \(channels), \(kernel), \(stride), \(padding)"
  }
}

extension CFunction {
  /// It calls ``dense``.
  static let convolve = convolution(
    "convolve", of: "float", border: "0",
    parameters: "const float *w, const float *b, const float *x, float *window",
    product: "dense(w, b, window, values, count, outputs)", values: "window + count")

  /// It calls ``denseOfNumbers``.
  static let convolveNumbers = convolution(
    "convolve_numbers", of: "unsigned char", border: "(unsigned char)zero",
    parameters: "const signed char *w, const float *scale, const float *b, const unsigned char *x,\n    "
      + "int zero, unsigned char *window, float *values",
    product: "dense_of_numbers(w, scale, b, window, values, count, outputs)", values: nil)

  /// - Parameters:
  ///   - name: The function's name.
  ///   - type: What a window is of.
  ///   - border: The value beyond the picture.
  ///   - parameters: What is not the output and the shape.
  ///   - product: The call that makes values of a window.
  ///   - values: Where they go; nil: that is a parameter.
  private static func convolution(
    _ name: String, of type: String, border: String, parameters: String, product: String, values: String?
  ) -> CFunction {
    CFunction(
      name,
      """
      /* y = W * x + b over planes: each window is taken out, and multiplied with the weights of all channels. */
      static void \(name)(
          \(parameters), float *y, int inputs, int height,
          int width, int outputs, int kernel, int stride, int padding) {
        int rows = (height + 2 * padding - kernel) / stride + 1;
        int columns = (width + 2 * padding - kernel) / stride + 1;
        int count = inputs * kernel * kernel, row, column, plane, i, j;
      \(values.map { "  float *values = \($0);\n" } ?? "")\
        for (row = 0; row < rows; row++)
          for (column = 0; column < columns; column++, y++) {
            int top = row * stride - padding, left = column * stride - padding;
            const \(type) *line;
            \(type) *next = window;
            for (plane = 0; plane < inputs; plane++)
              for (i = top; i < top + kernel; i++) {
                /* A row that is not there is as wide as none. */
                int end = i >= 0 && i < height ? width : 0;
                line = x + (plane * height + (end > 0 ? i : 0)) * width;
                for (j = left; j < left + kernel; j++) *next++ = j >= 0 && j < end ? line[j] : \(border);
              }
            \(product);
            for (j = 0; j < outputs; j++) y[j * rows * columns] = values[j];
          }
      }
      """)
  }
}
