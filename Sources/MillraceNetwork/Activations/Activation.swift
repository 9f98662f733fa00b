/// An elementwise activation function y = f(x).
///
/// An activation is one file with one type of this protocol and one line in ``ActivationKind``.
/// Its mathematics is written once, for one vector of lanes.
protocol ElementwiseActivation {
  /// f(x).
  static func value(_ x: Lanes) -> Lanes
  /// f′(x), from the output y = f(x) alone, so that the input need not be kept.
  static func derivative(output y: Lanes) -> Lanes

  // The two loops over a row are requirements, not only extensions, so that the compiler makes a fast
  // version of each for every activation and a layer pays one dynamic call a row.

  /// row ← f(row + bias).
  static func apply(to row: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, count: Int)
  /// gradient ← gradient · f′, and biasGradient ← biasGradient + gradient.
  static func backward(
    output: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>, count: Int)
}

extension ElementwiseActivation {
  static func apply(to row: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, count: Int) {
    forEachLane(
      count,
      whole: { i in row.store(value(row.lanes(at: i) + bias.lanes(at: i)), at: i) },
      rest: { i in row[i] = value(Lanes(repeating: row[i] + bias[i]))[0] })
  }

  static func backward(
    output: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    forEachLane(
      count,
      whole: { i in
        let g = gradient.lanes(at: i) * derivative(output: output.lanes(at: i))
        gradient.store(g, at: i)
        biasGradient.store(biasGradient.lanes(at: i) + g, at: i)
      },
      rest: { i in
        let g = gradient[i] * derivative(output: Lanes(repeating: output[i]))[0]
        gradient[i] = g
        biasGradient[i] += g
      })
  }
}
