import MillraceRandom

/// How the parameters of a dense layer begin.
public enum Initializer: Sendable, Hashable {
  /// N(0, 2 / inputs). Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
  case he
  /// U(−a, a) with a = √(6 / (inputs + outputs)). Source: Glorot and Bengio, "Understanding the difficulty of
  /// training deep feedforward neural networks", 2010.
  case glorot
  /// N(0, deviation²).
  case normal(deviation: Float)
  /// U(−limit, limit).
  case uniform(limit: Float)

  /// Writes a weight matrix of (outputs, inputs).
  ///
  /// - Parameter fanOut: The weights that an input meets, where these are not the outputs.
  func fillWeights(
    _ weights: UnsafeMutablePointer<Float>, inputs: Int, outputs: Int, using random: inout KeyedRandom,
    fanOut: Int? = nil
  ) {
    for i in 0..<inputs * outputs {
      switch self {
      case .he: weights[i] = (2 / Float(inputs)).squareRoot() * random.normal()
      case .normal(let deviation): weights[i] = deviation * random.normal()
      case .glorot:
        let limit = (6 / Float(inputs + (fanOut ?? outputs))).squareRoot()
        weights[i] = random.uniform(-limit, limit)
      case .uniform(let limit): weights[i] = random.uniform(-limit, limit)
      }
    }
  }
}
