public import MillraceRandom
import MillraceVectors

/// Batch normalisation before an activation: output = f(γ·x̂ + β), x̂ = (x − mean) / √(variance + ε).
///
/// In training the statistics are those of the shard (ghost batch normalisation) or, where `isSynchronized`, of
/// the whole minibatch; otherwise the running ones. It normalises with the biased variance; the running variance
/// takes the unbiased one.
///
/// Parameters: `scale` γ and `shift` β, learned; `running_mean` and `running_variance`, averaged.
/// Source: Ioffe and Szegedy, "Batch normalization", 2015; Hoffer, Hubara, Soudry, "Train longer, generalize
/// better", 2017, for ghost batches.
public struct BatchNormalization: SynchronizedLayer {
  /// The columns of the input.
  public let inputCount: Int
  /// The activation f.
  public let activation: ActivationKind
  /// Whether statistics are over the whole minibatch instead of the shard.
  public let isSynchronized: Bool

  private let function: any ElementwiseActivation.Type

  /// What is added to the variance.
  public static let epsilon: Float = 1e-5
  /// The weight of a minibatch's statistics in the running ones.
  public static let momentum: Float = 0.1

  /// Describes a layer.
  public init(count: Int, activation: ActivationKind, isSynchronized: Bool) {
    precondition(count > 0, "batch normalisation needs at least one column, got \(count)")
    inputCount = count
    self.activation = activation
    self.isSynchronized = isSynchronized
    function = activation.implementation
  }

  /// The word for this kind of layer.
  public var name: String { "batchnorm" }
  /// The columns of the output.
  public var outputCount: Int { inputCount }

  /// The tensors of the slice.
  public var parameters: [ParameterDescription] { Self.parameters(count: inputCount) }

  /// Those of any layer that normalises so many columns or channels.
  static func parameters(count: Int) -> [ParameterDescription] {
    [
      ParameterDescription(name: "scale", shape: [count], role: .bias),
      ParameterDescription(name: "shift", shape: [count], role: .bias),
      ParameterDescription(name: "running_mean", shape: [count], role: .statistic(momentum: momentum)),
      ParameterDescription(name: "running_variance", shape: [count], role: .statistic(momentum: momentum)),
    ]
  }

  /// Writes the initial parameters.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    Self.initialize(values, count: inputCount)
  }

  /// Writes those of any layer that normalises so many columns or channels.
  static func initialize(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for (tensor, value) in [1, 0, 0, 1].enumerated() {
      (values + tensor * count).update(repeating: Float(value), count: count)
    }
  }

  // The scratch of a shard: mean, 1 / deviation, the gradient of γ and β, then the activation's input.
  private enum Part: Int { case mean, inverse, scaleGradient, shiftGradient, activationInput }
  private func part(_ part: Part, _ context: LayerContext) -> UnsafeMutablePointer<Float> {
    context.scratch + part.rawValue * inputCount
  }

  /// What is kept from forward to backward.
  public func scratchCount(rows: Int, training: Bool) -> Int {
    (Part.activationInput.rawValue + rows) * inputCount
  }

  // MARK: Sums over the minibatch

  /// Σx and Σx², or Σdβ and Σdγ.
  public var sumCount: Int { isSynchronized ? 2 * inputCount : 0 }

  /// See ``SynchronizedLayer``.
  public func sumForward(
    _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext,
    into sums: UnsafeMutablePointer<Double>
  ) {
    guard isSynchronized else { return }
    sums.update(repeating: 0, count: 2 * inputCount)
    let squares = sums + inputCount
    for row in 0..<input.rows {
      let x = input.row(row)
      for i in 0..<inputCount {
        let value = Double(x[i])
        sums[i] += value
        squares[i] += value * value
      }
    }
  }

  /// See ``SynchronizedLayer``.
  public func sumBackward(
    input: Matrix, output: Matrix, outputGradient: Matrix, parameters: UnsafePointer<Float>,
    context: LayerContext, into sums: UnsafeMutablePointer<Double>
  ) {
    guard isSynchronized else { return }
    sumGradients(input: input, output: output, outputGradient: outputGradient, context: context)
    let (scaleGradient, shiftGradient) = (part(.scaleGradient, context), part(.shiftGradient, context))
    for i in 0..<inputCount {
      sums[i] = Double(shiftGradient[i])
      sums[inputCount + i] = Double(scaleGradient[i])
    }
  }

  // MARK: Forward

  /// See ``Layer``.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let (mean, inverse) = (part(.mean, context), part(.inverse, context))
    if !context.isTraining {
      let (runningMean, runningVariance) = (parameters + 2 * inputCount, parameters + 3 * inputCount)
      for i in 0..<inputCount {
        mean[i] = runningMean[i]
        inverse[i] = 1 / (runningVariance[i] + Self.epsilon).squareRoot()
      }
    } else if isSynchronized {
      let count = Double(max(1, context.minibatchCount))
      for i in 0..<inputCount {
        let average = context.sums[i] / count
        let variance = max(0, context.sums[inputCount + i] / count - average * average)
        mean[i] = Float(average)
        inverse[i] = Float(1 / (variance + Double(Self.epsilon)).squareRoot())
      }
    } else {
      measure(input, mean, inverse)
    }
    let (scale, shift) = (parameters, parameters + inputCount)
    for row in 0..<input.rows {
      let x = input.row(row)
      let z = part(.activationInput, context) + row * inputCount
      forEachLane(
        inputCount,
        whole: { i in
          let normal = (x.lanes(at: i) - mean.lanes(at: i)) * inverse.lanes(at: i)
          z.store(normal * scale.lanes(at: i) + shift.lanes(at: i), at: i)
        },
        rest: { i in z[i] = (x[i] - mean[i]) * inverse[i] * scale[i] + shift[i] })
      function.apply(z, to: output.row(row), count: inputCount)
    }
  }

  /// The statistics of a shard, in two passes so that a large mean costs no digits.
  private func measure(
    _ input: Matrix, _ mean: UnsafeMutablePointer<Float>, _ inverse: UnsafeMutablePointer<Float>
  ) {
    let count = Float(max(1, input.rows))
    mean.update(repeating: 0, count: inputCount)
    inverse.update(repeating: 0, count: inputCount)
    for row in 0..<input.rows { add(input.row(row), to: mean, count: inputCount) }
    for i in 0..<inputCount { mean[i] /= count }
    for row in 0..<input.rows {
      let x = input.row(row)
      for i in 0..<inputCount {
        let difference = x[i] - mean[i]
        inverse[i] += difference * difference
      }
    }
    for i in 0..<inputCount { inverse[i] = 1 / (inverse[i] / count + Self.epsilon).squareRoot() }
  }

  // MARK: Backward

  /// dz = dy · f′, in place; then Σdz and Σdz·x̂ of the shard.
  private func sumGradients(input: Matrix, output: Matrix, outputGradient: Matrix, context: LayerContext) {
    let (mean, inverse) = (part(.mean, context), part(.inverse, context))
    let (scaleGradient, shiftGradient) = (part(.scaleGradient, context), part(.shiftGradient, context))
    scaleGradient.update(repeating: 0, count: inputCount)
    shiftGradient.update(repeating: 0, count: inputCount)
    for row in 0..<input.rows {
      let x = input.row(row)
      let dz = outputGradient.row(row)
      function.backward(
        input: part(.activationInput, context) + row * inputCount, output: output.row(row), gradient: dz,
        count: inputCount)
      forEachLane(
        inputCount,
        whole: { i in
          let normal = (x.lanes(at: i) - mean.lanes(at: i)) * inverse.lanes(at: i)
          scaleGradient.store(scaleGradient.lanes(at: i) + dz.lanes(at: i) * normal, at: i)
          shiftGradient.store(shiftGradient.lanes(at: i) + dz.lanes(at: i), at: i)
        },
        rest: { i in
          scaleGradient[i] += dz[i] * (x[i] - mean[i]) * inverse[i]
          shiftGradient[i] += dz[i]
        })
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    // Where statistics are synchronised, the shard's sums are there already.
    if !isSynchronized {
      sumGradients(input: input, output: output, outputGradient: outputGradient, context: context)
    }
    let (scaleGradient, shiftGradient) = (part(.scaleGradient, context), part(.shiftGradient, context))
    gradient.update(from: scaleGradient, count: inputCount)
    (gradient + inputCount).update(from: shiftGradient, count: inputCount)
    Self.writeStatistics(
      mean: part(.mean, context), inverse: part(.inverse, context), columns: inputCount,
      share: Float(input.rows) / Float(max(1, context.minibatchCount)),
      count: Float(isSynchronized ? context.minibatchCount : input.rows),
      running: parameters + 3 * inputCount,
      into: gradient + 2 * inputCount)
    guard let inputGradient else { return }

    // dx = γ / σ · (dz − mean(dz) − x̂ · mean(dz·x̂)), the means over whatever the statistics were over.
    let (mean, inverse) = (part(.mean, context), part(.inverse, context))
    if isSynchronized {
      for i in 0..<inputCount {
        shiftGradient[i] = Float(context.sums[i] / Double(max(1, context.minibatchCount)))
        scaleGradient[i] = Float(context.sums[inputCount + i] / Double(max(1, context.minibatchCount)))
      }
    } else {
      for i in 0..<inputCount {
        shiftGradient[i] /= Float(max(1, input.rows))
        scaleGradient[i] /= Float(max(1, input.rows))
      }
    }
    for row in 0..<input.rows {
      let (x, dz, dx) = (input.row(row), outputGradient.row(row), inputGradient.row(row))
      forEachLane(
        inputCount,
        whole: { i in
          let normal = (x.lanes(at: i) - mean.lanes(at: i)) * inverse.lanes(at: i)
          let centred = dz.lanes(at: i) - shiftGradient.lanes(at: i) - normal * scaleGradient.lanes(at: i)
          dx.store(parameters.lanes(at: i) * inverse.lanes(at: i) * centred, at: i)
        },
        rest: { i in
          let normal = (x[i] - mean[i]) * inverse[i]
          dx[i] = parameters[i] * inverse[i] * (dz[i] - shiftGradient[i] - normal * scaleGradient[i])
        })
    }
  }

  /// The shard's share of the minibatch's mean and unbiased variance: shares add up to the weighted average.
  ///
  /// - Parameters:
  ///   - mean: That of each column.
  ///   - inverse: 1 / deviation of each.
  ///   - columns: The columns.
  ///   - share: The shard's rows as a share of the minibatch's.
  ///   - count: The values that the statistics of a column are of.
  ///   - runningVariance: What is averaged so far. One value says nothing about a variance: its share leaves that as it is.
  ///   - slice: Where the shares go, those of the means first.
  static func writeStatistics(
    mean: UnsafePointer<Float>, inverse: UnsafePointer<Float>, columns: Int, share: Float, count: Float,
    running runningVariance: UnsafePointer<Float>, into slice: UnsafeMutablePointer<Float>
  ) {
    let unbiased = count > 1 ? count / (count - 1) : 1
    for i in 0..<columns {
      let variance = max(0, 1 / (inverse[i] * inverse[i]) - epsilon)
      slice[i] = share * mean[i]
      slice[columns + i] =
        count == 1 ? share * runningVariance[i] : share * variance * unbiased
    }
  }
}
