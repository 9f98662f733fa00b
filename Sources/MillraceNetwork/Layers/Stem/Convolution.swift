public import MillraceRandom
import MillraceVectors

/// A convolution and what usually follows it: normalisation over places, an activation f, and pooling.
///
/// z = W ∗ x + b; where it is normalised, û = γ·(z − mean) / √(variance + ε) + β instead of the bias; y is the largest, or
/// the mean, of f(û) over each pooling window. What is normalised is each channel, over all places of the shard's samples
/// or, where it is synchronised, of the minibatch's.
///
/// All of this is one layer because its parts are as large as pictures: z is kept, and nothing else that has as many values;
/// its gradient takes its place, some rows of places at a time, which stay in the second cache from the activation to the
/// products.
///
/// It multiplies by itself: what it would have to hand out, windows laid side by side, takes kernel² times the memory of
/// its input, and the gradient of so few weights costs nothing to add up over shards.
///
/// The input is planes of channels, as a picture comes, or has the channels of a place next to each other, as the output has.
/// Parameters: `weight` (channels, channels of the input, kernel, kernel), then `bias` (channels), or `scale`, `shift`,
/// `running_mean` and `running_variance` as in ``BatchNormalization``.
/// Source: LeCun and others, "Gradient-based learning applied to document recognition", 1998.
public struct Convolution: SynchronizedLayer {
  /// What it goes over.
  public let shape: ConvolutionShape
  /// Whether the input is planes of channels.
  public let takesPlanes: Bool
  /// The activation f.
  public let activation: ActivationKind
  /// Whether and over what it is normalised.
  public let normalization: BatchNormalizationKind
  /// What becomes of neighbouring places.
  public let pooling: Pooling
  /// How the weights begin.
  public let initializer: Initializer
  /// How the biases begin.
  public let initialBias: Float

  let function: any ElementwiseActivation.Type
  let products: ConvolutionProducts
  /// The rows of places of a run.
  let rowRuns: [Range<Int>]
  /// The samples of a run.
  let samplesPerRun: Int
  /// The most places of a run.
  let mostPlaces: Int

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - shape: A window must fit, and the pooling leave a place.
  ///   - takesPlanes: Whether the input is planes of channels instead of places.
  ///   - activation: The function applied to each value.
  ///   - normalization: Whether and over what it is normalised; if it is, there is no bias.
  ///   - pooling: What becomes of neighbouring places.
  ///   - initializer: How the weights begin.
  ///   - initialBias: How the biases begin.
  ///   - kernel: Who multiplies; the naive kernel is for tests.
  public init(
    _ shape: ConvolutionShape, takesPlanes: Bool, activation: ActivationKind,
    normalization: BatchNormalizationKind, pooling: Pooling, initializer: Initializer = .he,
    initialBias: Float = 0, kernel: MatrixKernel = .fast
  ) {
    precondition(
      pooling.output(of: shape.output).count > 0,
      "\(shape.kernel) × \(shape.kernel) windows and pooling of \(pooling.window) leave nothing of \(shape.input)"
    )
    self.shape = shape
    // With one channel the two are the same.
    self.takesPlanes = takesPlanes && shape.input.channels > 1
    self.activation = activation
    self.normalization = normalization
    self.pooling = pooling
    self.initializer = initializer
    self.initialBias = initialBias
    function = activation.implementation
    products = ConvolutionProducts(shape: shape, kernel: kernel)
    (rowRuns, samplesPerRun) = shape.cut(window: pooling.window)
    mostPlaces = samplesPerRun * (rowRuns.map(\.count).max() ?? 0) * shape.output.width
  }

  /// The word for this kind of layer.
  public var name: String { "convolution" }
  /// The channels of a place of the output.
  public var channels: Int { shape.channels }
  /// The output, whose channels lie next to each other.
  public var output: PlaneShape { pooling.output(of: shape.output) }
  /// The values of the picture.
  public var inputCount: Int { shape.input.count }
  /// The values of the output.
  public var outputCount: Int { output.count }
  /// A weight takes part once at each place.
  public var multiplicationsPerSample: Int { shape.output.places * weightCount }

  var isNormalized: Bool { normalization != .none }
  var isSynchronized: Bool { normalization == .sync }
  var weightCount: Int { channels * shape.windowCount }

  /// The tensors of the slice.
  public var parameters: [ParameterDescription] {
    let weight = ParameterDescription(
      name: "weight", shape: [channels, shape.input.channels, shape.kernel, shape.kernel], role: .weight)
    return [weight]
      + (isNormalized
        ? BatchNormalization.parameters(count: channels)
        : [ParameterDescription(name: "bias", shape: [channels], role: .bias)])
  }

  /// Writes the initial parameters.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    initializer.fillWeights(
      values, inputs: shape.windowCount, outputs: channels, using: &random,
      fanOut: channels * shape.kernel * shape.kernel)
    if isNormalized {
      BatchNormalization.initialize(values + weightCount, count: channels)
    } else {
      (values + weightCount).update(repeating: initialBias, count: channels)
    }
  }

  // MARK: Forward

  /// The sums of a minibatch: Σz and Σz², or those of the gradient.
  public var sumCount: Int { isSynchronized ? 2 * channels : 0 }

  /// Multiplies, and writes the sums of what comes of it.
  public func sumForward(
    _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext,
    into sums: UnsafeMutablePointer<Double>
  ) {
    guard isSynchronized else { return }
    let memory = Memory(self, context)
    multiply(input, parameters, memory, measures: true) { _ in }
    sums.update(from: memory.sums, count: 2 * channels)
  }

  /// See ``Layer``.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    let memory = Memory(self, context)
    let rest = parameters + weightCount
    if !isNormalized {
      memory.scale.update(repeating: 1, count: channels)
      memory.shift.update(from: rest, count: channels)
    } else if !context.isTraining {
      for i in 0..<channels {
        memory.mean[i] = rest[2 * channels + i]
        memory.inverse[i] = 1 / (rest[3 * channels + i] + BatchNormalization.epsilon).squareRoot()
      }
      writeScale(rest, memory)
    } else if isSynchronized {
      // The products are there.
      if let sums = context.sums.baseAddress {
        writeStatistics(sums, count: context.minibatchCount * shape.output.places, memory)
      }
      writeScale(rest, memory)
      forEachRun(of: input.rows) { pool($0, memory, into: output) }
      return
    } else {
      multiply(input, parameters, memory, measures: true) { _ in }
      writeStatistics(memory.sums, count: input.rows * shape.output.places, memory)
      writeScale(rest, memory)
      forEachRun(of: input.rows) { pool($0, memory, into: output) }
      return
    }
    // Nothing has to be known of other places: each run goes all the way.
    multiply(input, parameters, memory, measures: false) { pool($0, memory, into: output) }
  }

  /// Multiplies run by run, and hands each to `body` while it is near.
  ///
  /// - Parameter measures: Whether Σz and Σz² are added up.
  private func multiply(
    _ input: Matrix, _ parameters: UnsafePointer<Float>, _ memory: Memory, measures: Bool,
    _ body: (ConvolutionShape.Run) -> Void
  ) {
    products.arrangeForward(parameters, into: memory.weights)
    if measures { memory.sums.update(repeating: 0, count: 2 * channels) }
    forEachRun(of: input.rows) { run in
      let (values, places) = (memory.values(of: run), places(of: run))
      gather(input, run, memory)
      products.multiply(memory.windows, memory.weights, into: values, places: places)
      if measures {
        PlaceMoments.add(
          values, count: places, channels: channels, to: memory.sums, scratch: memory.channelScratch)
      }
      body(run)
    }
  }

  /// Lays the windows of a run side by side.
  func gather(_ input: Matrix, _ run: ConvolutionShape.Run, _ memory: Memory) {
    guard takesPlanes else { return products.gather(input, run, into: memory.windows) }
    let picture = shape.input
    let count = run.samples.count
    for (number, sample) in run.samples.enumerated() where run.rows.lowerBound == 0 {
      let (planes, places) = (input.row(sample), memory.picture + number * picture.count)
      for channel in 0..<picture.channels {
        let plane = planes + channel * picture.places
        for place in 0..<picture.places { places[place * picture.channels + channel] = plane[place] }
      }
    }
    products.gather(
      Matrix(base: memory.picture, rows: count, columns: picture.count),
      ConvolutionShape.Run(samples: 0..<count, rows: run.rows), into: memory.windows)
  }

  /// Mean and 1 / deviation from Σz and Σz².
  private func writeStatistics(_ sums: UnsafePointer<Double>, count: Int, _ memory: Memory) {
    let count = Double(max(1, count))
    for i in 0..<channels {
      let average = sums[i] / count
      let square = sums[channels + i] / count - average * average
      // What is not a number stays it.
      let variance = square < 0 ? 0 : square
      memory.mean[i] = Float(average)
      memory.inverse[i] = Float(1 / (variance + Double(BatchNormalization.epsilon)).squareRoot())
    }
  }

  /// û = scale · z + shift.
  private func writeScale(_ parameters: UnsafePointer<Float>, _ memory: Memory) {
    for i in 0..<channels {
      memory.scale[i] = parameters[i] * memory.inverse[i]
      memory.shift[i] = parameters[channels + i] - memory.mean[i] * memory.scale[i]
    }
  }

  /// Writes the outputs of a run.
  private func pool(_ run: ConvolutionShape.Run, _ memory: Memory, into output: Matrix) {
    forEachPooledRow(of: run, memory) { row, sample, place in
      function.pool(row, to: output.row(sample) + place)
    }
  }

  // MARK: Runs

  /// The places of a run.
  func places(of run: ConvolutionShape.Run) -> Int { run.samples.count * run.rows.count * shape.output.width }

  /// Calls `body` with one run after another.
  func forEachRun(of samples: Int, _ body: (ConvolutionShape.Run) -> Void) {
    for start in Swift.stride(from: 0, to: samples, by: samplesPerRun) {
      for rows in rowRuns {
        body(ConvolutionShape.Run(samples: start..<min(start + samplesPerRun, samples), rows: rows))
      }
    }
  }

  /// Calls `body` with each row of pooling windows of a run, its sample, and where its outputs begin in the sample's.
  func forEachPooledRow(
    of run: ConvolutionShape.Run, _ memory: Memory, _ body: (PooledRow, _ sample: Int, _ place: Int) -> Void
  ) {
    let window = pooling.window
    let (stride, pooled) = (shape.output.width * channels, output)
    var values = memory.values(of: run)
    for sample in run.samples {
      for row in run.rows.lowerBound / window..<min(pooled.height, run.rows.upperBound / window) {
        body(
          PooledRow(
            values: values + (row * window - run.rows.lowerBound) * stride, rowStride: stride,
            channels: channels,
            count: pooled.width, pooling: pooling, scale: UnsafePointer(memory.scale),
            shift: UnsafePointer(memory.shift)), sample, row * pooled.width * channels)
      }
      values += run.rows.count * stride
    }
  }
}
