extension Convolution {
  /// The scratch of a pass, from forward to backward.
  struct Memory {
    /// Σz and Σz² of the shard, or the sums of its gradient; two for each channel.
    let sums: UnsafeMutablePointer<Double>
    let mean: UnsafeMutablePointer<Float>
    /// 1 / deviation.
    let inverse: UnsafeMutablePointer<Float>
    let scale: UnsafeMutablePointer<Float>
    let shift: UnsafeMutablePointer<Float>
    /// The gradient of γ and β: that of the shard.
    let scaleGradient: UnsafeMutablePointer<Float>
    let shiftGradient: UnsafeMutablePointer<Float>
    let slope: UnsafeMutablePointer<Float>
    let curve: UnsafeMutablePointer<Float>
    let offset: UnsafeMutablePointer<Float>
    /// Three for each channel, for the moment.
    let channelScratch: UnsafeMutablePointer<Float>
    /// The weights in the order of a product.
    let weights: UnsafeMutablePointer<Float>
    /// The windows of a run.
    let windows: UnsafeMutablePointer<Float>
    /// The pictures of a run, channels next to each other, where they come as planes.
    let picture: UnsafeMutablePointer<Float>
    /// The weights' gradient in the order of a product.
    let weightGradient: UnsafeMutablePointer<Float>
    /// z, and then its gradient: of all samples where something is learned, else of a run.
    private let values: UnsafeMutablePointer<Float>
    private let sampleCount: Int
    private let rowCount: Int
    private let keepsAll: Bool

    init(_ layer: Convolution, _ context: LayerContext) {
      var next = context.scratch
      func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        defer { next += (count + 15) / 16 * 16 }
        return next
      }
      let channels = layer.channels
      // Two Floats are as long as a Double, and each part begins at a multiple of 64 bytes.
      sums = UnsafeMutableRawPointer(take(4 * channels)).assumingMemoryBound(to: Double.self)
      (mean, inverse, scale, shift) = (take(channels), take(channels), take(channels), take(channels))
      (scaleGradient, shiftGradient) = (take(channels), take(channels))
      (slope, curve, offset) = (take(channels), take(channels), take(channels))
      channelScratch = take(PlaceMoments.scratchCount(channels: channels))
      weights = take(layer.weightCount)
      windows = take(layer.mostPlaces * layer.shape.windowCount)
      picture = take(layer.takesPlanes ? layer.samplesPerRun * layer.inputCount : 0)
      weightGradient = take(context.isTraining ? layer.weightCount : 0)
      values = next
      rowCount = layer.shape.output.width * channels
      sampleCount = layer.shape.output.height * rowCount
      keepsAll = context.isTraining
    }

    /// z of the places of a run, which follow each other.
    func values(of run: ConvolutionShape.Run) -> UnsafeMutablePointer<Float> {
      keepsAll ? values + run.samples.lowerBound * sampleCount + run.rows.lowerBound * rowCount : values
    }
  }

  /// What is kept from forward to backward.
  public func scratchCount(rows: Int, training: Bool) -> Int {
    // Of a pass that learns nothing, also if its memory is one for learning, the values of one run are enough.
    let places = training ? max(mostPlaces, rows * shape.output.places) : mostPlaces
    let channelCounts = [4 * channels] + [Int](repeating: channels, count: 9)
    let counts =
      channelCounts + [
        PlaceMoments.scratchCount(channels: channels), weightCount, mostPlaces * shape.windowCount,
        takesPlanes ? samplesPerRun * inputCount : 0, training ? weightCount : 0, places * channels,
      ]
    return counts.reduce(0) { $0 + ($1 + 15) / 16 * 16 }
  }
}
