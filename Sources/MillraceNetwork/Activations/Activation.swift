import MillraceVectors

/// An elementwise activation function y = f(x).
///
/// An activation is one file with one type of this protocol and one line in ``ActivationKind``.
/// Its mathematics is written once, for one vector of lanes.
protocol ElementwiseActivation: SendableMetatype {
  /// f(x).
  static func value(_ x: Lanes) -> Lanes
  /// f′(x).
  ///
  /// - Parameters:
  ///   - x: The input, where `derivativeNeedsInput`; otherwise the output again.
  ///   - y: The output f(x).
  static func derivative(input x: Lanes, output y: Lanes) -> Lanes
  /// Whether the derivative cannot be had from the output alone, so that the input must be kept.
  static var derivativeNeedsInput: Bool { get }

  // The two loops over a row are requirements, not only extensions, so that the compiler makes a fast
  // version of each for every activation and a layer pays one dynamic call a row.

  /// output ← f(input); the two may be the same row.
  static func apply(_ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int)
  /// gradient ← gradient · f′.
  static func backward(
    input: UnsafePointer<Float>, output: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    count: Int)

  // The same of rows of windows.

  /// output ← the pooled activations of each window: (windows, channels).
  static func pool(_ row: PooledRow, to output: UnsafeMutablePointer<Float>)
  /// Adds, for each channel, the gradient g with respect to scale · x + shift, and g · (x − mean).
  ///
  /// - Parameters:
  ///   - row: The windows.
  ///   - output: What they were pooled to.
  ///   - gradient: That of the output.
  ///   - mean: For each channel.
  ///   - sums: Where Σg is added.
  ///   - products: Where Σg · (x − mean) is added.
  static func sumPooled(
    _ row: PooledRow, output: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>)
  /// Writes the gradient of the values in their place.
  static func unpool(
    _ row: PooledRow, output: UnsafePointer<Float>, gradient: UnsafePointer<Float>, _ back: ChannelGradient)
}

extension ElementwiseActivation {
  static var derivativeNeedsInput: Bool { false }

  static func apply(_ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int) {
    forEachLane(
      count,
      whole: { i in output.store(value(input.lanes(at: i)), at: i) },
      rest: { i in output[i] = value(Lanes(repeating: input[i]))[0] })
  }

  static func backward(
    input: UnsafePointer<Float>, output: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    forEachLane(
      count,
      whole: { i in
        let slope = derivative(input: input.lanes(at: i), output: output.lanes(at: i))
        gradient.store(gradient.lanes(at: i) * slope, at: i)
      },
      rest: { i in
        gradient[i] *= derivative(input: Lanes(repeating: input[i]), output: Lanes(repeating: output[i]))[0]
      })
  }
}
