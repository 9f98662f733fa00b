import Foundation

@testable import MillraceNetwork

/// A stem by its definition, in double precision and planes of channels, with every part on its own: the oracle.
struct NaiveStem {
  /// A picture: (channels, height, width).
  struct Planes {
    var shape: PlaneShape
    var values: [Double]

    init(_ shape: PlaneShape, _ values: [Double]? = nil) {
      self.shape = shape
      self.values = values ?? [Double](repeating: 0, count: shape.count)
    }

    subscript(_ channel: Int, _ row: Int, _ column: Int) -> Double {
      get { values[(channel * shape.height + row) * shape.width + column] }
      set { values[(channel * shape.height + row) * shape.width + column] = newValue }
    }
  }

  /// W ∗ x + b.
  static func convolve(_ x: Planes, _ shape: ConvolutionShape, weight: [Double], bias: [Double]) -> Planes {
    var y = Planes(shape.output)
    forEachTap(shape) { unit, row, column, channel, place, weightPlace in
      y[unit, row, column] += weight[weightPlace] * x[channel, place.row, place.column]
    }
    for unit in 0..<shape.channels {
      for row in 0..<y.shape.height { for column in 0..<y.shape.width { y[unit, row, column] += bias[unit] } }
    }
    return y
  }

  /// The gradients of the input and of the weights.
  static func convolveBack(
    _ x: Planes, _ dy: Planes, _ shape: ConvolutionShape, weight: [Double]
  ) -> (input: Planes, weight: [Double]) {
    var (dx, dw) = (Planes(shape.input), [Double](repeating: 0, count: weight.count))
    forEachTap(shape) { unit, row, column, channel, place, weightPlace in
      dx[channel, place.row, place.column] += weight[weightPlace] * dy[unit, row, column]
      dw[weightPlace] += x[channel, place.row, place.column] * dy[unit, row, column]
    }
    return (dx, dw)
  }

  private static func forEachTap(
    _ shape: ConvolutionShape,
    _ body: (
      _ unit: Int, _ row: Int, _ column: Int, _ channel: Int, _ place: (row: Int, column: Int), _ weight: Int
    ) -> Void
  ) {
    let (input, output, kernel) = (shape.input, shape.output, shape.kernel)
    for unit in 0..<shape.channels {
      for row in 0..<output.height {
        for column in 0..<output.width {
          for channel in 0..<input.channels {
            for i in 0..<kernel {
              for j in 0..<kernel {
                let place = (
                  row: row * shape.stride + i - shape.padding,
                  column: column * shape.stride + j - shape.padding
                )
                guard (0..<input.height).contains(place.row), (0..<input.width).contains(place.column) else {
                  continue
                }
                body(
                  unit, row, column, channel, place,
                  ((unit * input.channels + channel) * kernel + i) * kernel + j)
              }
            }
          }
        }
      }
    }
  }
}

extension ActivationKind {
  /// f(x) and f′(x) in double precision, of those that tests need.
  func naive(_ x: Double) -> (value: Double, slope: Double) {
    switch self {
    case .relu: return (max(0, x), x > 0 ? 1 : 0)
    case .tanh: return (Foundation.tanh(x), 1 - Foundation.tanh(x) * Foundation.tanh(x))
    case .gelu:
      let share = 0.5 * (1 + erf(x / 2.0.squareRoot()))
      return (x * share, share + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot())
    default: return (x, 1)
    }
  }
}

extension NaiveStem {
  /// What a convolution layer gives and what it writes backward.
  struct Result {
    var outputs: [Double] = []
    var inputGradients: [Double] = []
    var gradient: [Double] = []
  }

  /// Runs a layer over a shard, in training, with statistics of the shard.
  ///
  /// - Parameters:
  ///   - layer: The layer; its values are taken from memory of the order that it has.
  ///   - input: (rows, inputCount).
  ///   - parameters: The layer's slice.
  ///   - outputGradient: (rows, outputCount), channels of a place next to each other.
  static func run(
    _ layer: Convolution, input: [Float], parameters: [Float], outputGradient: [Float]
  ) -> Result {
    let (shape, pooled) = (layer.shape, layer.output)
    let rows = input.count / layer.inputCount
    let slice = parameters.map(Double.init)
    let (channels, weightCount) = (layer.channels, layer.weightCount)
    let weight = Array(slice[..<weightCount])
    let isNormalized = layer.normalization != .none
    let bias = isNormalized ? [Double](repeating: 0, count: channels) : Array(slice[weightCount...])
    let pictures = (0..<rows).map { row in
      planes(
        input[row * layer.inputCount..<(row + 1) * layer.inputCount].map(Double.init), shape.input,
        arePlanes: layer.takesPlanes)
    }
    let sums = pictures.map { convolve($0, shape, weight: weight, bias: bias) }
    let count = Double(rows * shape.output.places)
    var (mean, inverse) = ([Double](repeating: 0, count: channels), [Double](repeating: 1, count: channels))
    var (scale, shift) = (inverse, mean)
    if isNormalized {
      for channel in 0..<channels {
        let values = sums.flatMap { plane($0, channel) }
        mean[channel] = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean[channel]) * ($1 - mean[channel]) } / count
        inverse[channel] = 1 / (variance + 1e-5).squareRoot()
        (scale[channel], shift[channel]) = (
          slice[weightCount + channel], slice[weightCount + channels + channel]
        )
      }
    }
    var result = Result()
    var innerGradients: [Planes] = []
    var (scaleGradient, shiftGradient) = (
      [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
    )
    let window = layer.pooling.window
    for row in 0..<rows {
      var normal = sums[row]
      var (y, g) = (Planes(pooled), Planes(shape.output))
      for channel in 0..<channels {
        for i in 0..<shape.output.height {
          for j in 0..<shape.output.width {
            normal[channel, i, j] = (sums[row][channel, i, j] - mean[channel]) * inverse[channel]
          }
        }
        for i in 0..<pooled.height {
          for j in 0..<pooled.width {
            let places = (0..<window * window).map { (i * window + $0 / window, j * window + $0 % window) }
            let values = places.map {
              layer.activation.naive(scale[channel] * normal[channel, $0.0, $0.1] + shift[channel])
            }
            let dy = Double(
              outputGradient[row * layer.outputCount + (i * pooled.width + j) * channels + channel])
            if layer.pooling.kind == .average {
              y[channel, i, j] = values.reduce(0) { $0 + $1.value } / Double(window * window)
              for (place, value) in zip(places, values) {
                g[channel, place.0, place.1] = dy / Double(window * window) * value.slope
              }
            } else {
              let best = values.indices.max { values[$0].value < values[$1].value } ?? 0
              let first = values.firstIndex { $0.value == values[best].value } ?? 0
              y[channel, i, j] = values[first].value
              g[channel, places[first].0, places[first].1] = dy * values[first].slope
            }
          }
        }
        for i in 0..<shape.output.height {
          for j in 0..<shape.output.width {
            shiftGradient[channel] += g[channel, i, j]
            scaleGradient[channel] += g[channel, i, j] * normal[channel, i, j]
          }
        }
      }
      for i in 0..<pooled.height {
        for j in 0..<pooled.width { for channel in 0..<channels { result.outputs.append(y[channel, i, j]) } }
      }
      innerGradients.append(g)
    }
    var weightGradient = [Double](repeating: 0, count: weightCount)
    for row in 0..<rows {
      var dz = innerGradients[row]
      if isNormalized {
        for channel in 0..<channels {
          for i in 0..<shape.output.height {
            for j in 0..<shape.output.width {
              let normal = (sums[row][channel, i, j] - mean[channel]) * inverse[channel]
              dz[channel, i, j] =
                scale[channel] * inverse[channel]
                * (dz[channel, i, j] - shiftGradient[channel] / count - normal * scaleGradient[channel]
                  / count)
            }
          }
        }
      }
      let back = convolveBack(pictures[row], dz, shape, weight: weight)
      for i in weightGradient.indices { weightGradient[i] += back.weight[i] }
      result.inputGradients += ordered(back.input, arePlanes: layer.takesPlanes)
    }
    result.gradient = weightGradient
    if isNormalized {
      let variances = inverse.map { (1 / ($0 * $0) - 1e-5) * count / (count - 1) }
      result.gradient += scaleGradient + shiftGradient + mean + variances
    } else {
      result.gradient += shiftGradient
    }
    return result
  }

  private static func plane(_ picture: Planes, _ channel: Int) -> ArraySlice<Double> {
    picture.values[channel * picture.shape.places..<(channel + 1) * picture.shape.places]
  }

  /// A picture from values in the order that a layer has them.
  private static func planes(_ values: [Double], _ shape: PlaneShape, arePlanes: Bool) -> Planes {
    if arePlanes { return Planes(shape, values) }
    var picture = Planes(shape)
    for place in 0..<shape.places {
      for channel in 0..<shape.channels {
        picture.values[channel * shape.places + place] = values[place * shape.channels + channel]
      }
    }
    return picture
  }

  private static func ordered(_ picture: Planes, arePlanes: Bool) -> [Double] {
    if arePlanes { return picture.values }
    return (0..<picture.shape.count).map { i in
      picture.values[i % picture.shape.channels * picture.shape.places + i / picture.shape.channels]
    }
  }
}
