import MillraceNetwork
import MillraceShards

/// Figures of a network for people who watch it learn: measured once an epoch, on its last full minibatch.
public struct NetworkStatistics: Sendable, Codable {
  /// The 2-norm of the whole gradient, before clipping.
  public var gradientNorm: Double
  /// The figures of each weight tensor.
  public var weights: [WeightStatistics]
  /// The figures of each layer with rectified units.
  public var rectified: [RectifiedStatistics]

  /// The 2-norm of all weights, without biases.
  public var weightNorm: Double {
    let squares = weights.map { Double($0.count) * ($0.deviation * $0.deviation + $0.mean * $0.mean) }
    return squares.reduce(0, +).squareRoot()
  }

  /// The share of all weights that are exactly zero, from 0 to 1.
  public var zeroShare: Double {
    let count = weights.reduce(0) { $0 + $1.count }
    return weights.reduce(0) { $0 + $1.zeros * Double($1.count) } / Double(max(1, count))
  }

  /// Makes statistics.
  public init(gradientNorm: Double, weights: [WeightStatistics], rectified: [RectifiedStatistics]) {
    self.gradientNorm = gradientNorm
    self.weights = weights
    self.rectified = rectified
  }
}

/// The figures of a weight tensor.
public struct WeightStatistics: Sendable, Codable {
  /// The tensor's name, such as `0.dense.weight`.
  public var name: String
  /// The number of weights in the tensor.
  public var count: Int
  /// The smallest and the largest weight.
  public var range: ClosedRange<Float>
  /// The mean weight.
  public var mean: Double
  /// The standard deviation of the weights.
  public var deviation: Double
  /// The share of weights that are exactly zero, from 0 to 1.
  public var zeros: Double
  /// The 2-norm of the tensor's gradient, as the optimiser saw it.
  public var gradientNorm: Double
  /// The number of weights in each of ``binCount`` equal parts of the range.
  public var histogram: [Int]
  /// The smallest and the largest element of the tensor's gradient.
  public var gradientRange: ClosedRange<Float> = 0...0
  /// The number of the gradient's elements in each of ``binCount`` equal parts of their range.
  public var gradientHistogram = [Int](repeating: 0, count: Self.binCount)

  /// The number of parts of a histogram.
  public static let binCount = 64
}

/// The figures of a layer's units that rectify their sums.
public struct RectifiedStatistics: Sendable, Codable {
  /// The layer's name, such as `0.dense`.
  public var name: String
  /// The share of the layer's units that were zero for every sample of the minibatch, from 0 to 1.
  public var dead: Double
}

extension WeightStatistics {
  /// Measures a tensor; nil where a weight or an element of the gradient is not finite.
  fileprivate init?(
    name: String, weights: UnsafeBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>
  ) {
    var (low, high) = (Float.infinity, -Float.infinity)
    var (gradientLow, gradientHigh) = (Float.infinity, -Float.infinity)
    var (sum, squares, gradientSquares) = (0.0, 0.0, 0.0)
    var zeroCount = 0
    for (w, g) in zip(weights, gradient) {
      (low, high) = (min(low, w), max(high, w))
      (gradientLow, gradientHigh) = (min(gradientLow, g), max(gradientHigh, g))
      sum += Double(w)
      squares += Double(w) * Double(w)
      gradientSquares += Double(g) * Double(g)
      if w == 0 { zeroCount += 1 }
    }
    // The squares of finite floats and their sum are finite doubles.
    guard squares.isFinite, gradientSquares.isFinite else { return nil }
    let count = Double(max(1, weights.count))
    let mean = sum / count
    let range = low...max(low, high)
    let gradientRange = gradientLow...max(gradientLow, gradientHigh)
    self.init(
      name: name, count: weights.count, range: range, mean: mean,
      deviation: max(0, squares / count - mean * mean).squareRoot(), zeros: Double(zeroCount) / count,
      gradientNorm: gradientSquares.squareRoot(), histogram: Self.histogram(of: weights, in: range),
      gradientRange: gradientRange, gradientHistogram: Self.histogram(of: gradient, in: gradientRange))
  }

  /// The number of some finite values in each of ``binCount`` equal parts of their range.
  private static func histogram(of values: UnsafeBufferPointer<Float>, in range: ClosedRange<Float>) -> [Int]
  {
    var histogram = [Int](repeating: 0, count: binCount)
    // The width of a range of floats may not be a finite Float.
    let low = Double(range.lowerBound)
    let width = Double(range.upperBound) - low
    let scale = width > 0 ? Double(binCount) / width : 0
    for value in values { histogram[min(binCount - 1, Int((Double(value) - low) * scale))] += 1 }
    return histogram
  }
}

extension DataParallelStep {
  /// The figures of the parameters, of the last step's gradient, and of the units in its forward pass.
  ///
  /// The last step must have measured its norm.
  ///
  /// - Parameter learningRate: The learning rate of the last step, for the error.
  /// - Throws: ``DivergenceError`` where the step has left a weight or its gradient that is not finite.
  package func statistics(learningRate: Double) throws -> NetworkStatistics {
    func view(_ vector: FlatVector, _ range: Range<Int>) -> UnsafeBufferPointer<Float> {
      UnsafeBufferPointer(start: vector.base + range.lowerBound, count: range.count)
    }
    try gatherParameters()
    let summedGradient = try summedGradient()
    let weights = try network.parameters.filter { $0.description.role == .weight }.map { tensor in
      guard
        let statistics = WeightStatistics(
          name: tensor.name, weights: view(parameters, tensor.range),
          gradient: view(summedGradient, tensor.range))
      else {
        throw DivergenceError(
          what: "a weight or its gradient is not finite", layer: tensor.name, learningRate: learningRate)
      }
      return statistics
    }
    return NetworkStatistics(
      gradientNorm: gradientNorm ?? 0, weights: weights,
      rectified: try network.layers.indices.compactMap { index in
        let layer = network.layers[index]
        let activation =
          (layer as? Dense)?.activation ?? (layer as? BatchNormalization)?.activation
          ?? (layer as? Convolution)?.activation
        guard activation == .relu else { return nil }
        return RectifiedStatistics(name: "\(index).\(layer.name)", dead: try deadShare(ofLayer: index))
      })
  }
}
