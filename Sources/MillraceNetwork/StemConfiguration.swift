/// What stands before the hidden layers of a network that sees places: convolutions, each with the same weights at every
/// place of the picture.
public struct StemConfiguration: Sendable, Hashable, Codable {
  /// The picture.
  public var input: PlaneShape
  /// The convolutions.
  public var convolutions: ConvolutionStem

  /// Describes a stem.
  public init(input: PlaneShape, convolutions: ConvolutionStem) {
    (self.input, self.convolutions) = (input, convolutions)
  }
}

/// Blocks of convolutions, for pictures of any size.
public struct ConvolutionStem: Sendable, Hashable, Codable {
  /// What the hidden layers see of the last block.
  public enum Head: String, Sendable, Hashable, Codable, CaseIterable {
    /// The mean of each channel: what is in the picture, wherever it is.
    case mean
    /// Every place.
    case flatten
  }

  /// The channels of each block, at least one.
  public var channels: [Int]
  /// The side of the windows.
  public var kernel = 3
  /// The places from one window to the next, of a block's first convolution.
  public var stride = 1
  /// The width of the border of zeros.
  public var padding = 1
  /// The convolutions of a block.
  public var depth = 1
  /// What becomes of neighbouring places at the end of a block.
  public var pooling = PoolingKind.max
  /// The side of the windows that are pooled.
  public var window = 2
  /// The activation of all convolutions.
  public var activation = ActivationKind.relu
  /// The share of a block's channels dropped in training, in [0, 1).
  public var dropout = 0.0
  /// What the hidden layers see.
  public var head = Head.mean

  /// Describes blocks.
  public init(channels: [Int]) { self.channels = channels }
}

extension StemConfiguration {
  /// A convolution of the stem.
  struct Step {
    let shape: ConvolutionShape
    let pooling: Pooling
    /// The block, where the step ends one.
    let endedBlock: Int?

    /// What comes of it.
    var output: PlaneShape { pooling.output(of: shape.output) }
  }

  /// The convolutions, first to last.
  var steps: [Step] {
    let form = convolutions
    var steps: [Step] = []
    var input = input
    for (block, channels) in form.channels.enumerated() {
      for number in 0..<form.depth {
        let isLast = number + 1 == form.depth
        let step = Step(
          shape: ConvolutionShape(
            input: input, channels: channels, kernel: form.kernel, stride: number == 0 ? form.stride : 1,
            padding: form.padding),
          pooling: isLast ? Pooling(form.pooling, window: form.window) : Pooling(.none),
          endedBlock: isLast ? block : nil)
        steps.append(step)
        input = step.output
      }
    }
    return steps
  }

  /// What the last block gives.
  var output: PlaneShape { steps.last?.output ?? input }

  /// The values that the hidden layers see.
  public var outputCount: Int { convolutions.head == .mean ? output.channels : output.count }

  /// The channels that a block may have.
  package static let channelRange = 1...65_536

  /// Why it cannot be built, in a few words; nil where it can.
  public var problem: String? {
    let form = convolutions
    if input.channels < 1 || input.height < 1 || input.width < 1 { return "pictures of \(input)" }
    if form.channels.isEmpty || form.channels.count > 16 { return "\(form.channels.count) blocks" }
    if let channels = form.channels.first(where: { !Self.channelRange.contains($0) }) {
      return "a convolution of \(channels) channels"
    }
    for (name, value, range) in [
      ("a kernel", form.kernel, 1...15), ("a stride", form.stride, 1...15), ("a depth", form.depth, 1...8),
      ("a padding", form.padding, 0...max(0, form.kernel - 1)), ("pooling windows", form.window, 1...8),
    ] where !range.contains(value) {
      return "\(name) of \(value), which must be from \(range.lowerBound) to \(range.upperBound)"
    }
    if !(0..<1).contains(form.dropout) {
      return "a dropout rate of \(form.dropout), which must be from 0 to below 1"
    }
    for (number, step) in steps.enumerated() {
      let (input, output) = (step.shape.input, step.output)
      if output.height < 1 || output.width < 1 {
        let places = "\(input.width) × \(input.height) places"
        let block = number / form.depth
        return block == 0
          ? "a first block that needs more than \(places)"
          : "\(form.channels.count) blocks, of which number \(block + 1) needs more than the \(places) that are left to it"
      }
      if max(step.shape.output.count, input.count) > 1 << 30 { return "more than 2^30 values of a picture" }
    }
    return nil
  }

  /// The weights of the convolutions.
  var weightCount: Int { steps.reduce(0) { $0 + $1.shape.channels * $1.shape.windowCount } }
}

extension StemConfiguration {
  /// Adds the layers; those of blocks that stay as they are, and all before them, become ``Fixed``.
  ///
  /// - Parameters:
  ///   - layers: What comes before, which gives the picture.
  ///   - normalization: Whether and over what convolutions are normalised.
  ///   - options: What matters to training alone.
  ///   - kernel: Who multiplies.
  func append(
    to layers: inout [any Layer], normalization: BatchNormalizationKind, options: NetworkTrainingOptions,
    kernel: MatrixKernel
  ) {
    let form = convolutions
    for (number, step) in steps.enumerated() {
      layers.append(
        Convolution(
          step.shape, takesPlanes: number == 0, activation: form.activation, normalization: normalization,
          pooling: step.pooling, initializer: options.initializer,
          initialBias: form.activation == .identity ? 0 : options.initialBias, kernel: kernel))
      guard let block = step.endedBlock else { continue }
      if block + 1 == options.fixedLayers { layers = layers.map(Fixed.init) }
      if form.dropout > 0 {
        layers.append(Dropout(count: step.output.count, rate: form.dropout, places: step.output.places))
      }
    }
    let output = output
    // One place is its own mean, and flat.
    guard output.places > 1 else { return }
    switch form.head {
    case .mean: layers.append(PlaceMean(output))
    case .flatten: layers.append(PlaceFlattening(output))
    }
  }
}
