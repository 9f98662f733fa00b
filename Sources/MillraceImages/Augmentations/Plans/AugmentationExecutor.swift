/// Carries plans out: one resample, then the operations on pixels, then the normalisation.
///
/// Each thread needs its own: an executor owns the memory that it works in, and allocates no more once it has seen
/// the largest image.
package final class AugmentationExecutor {
  /// The nanoseconds that were spent since the executor was made.
  package struct StageTimes: Hashable, Sendable {
    /// Composing the map and resampling.
    package var geometry: UInt64 = 0
    /// Colours and the normalisation.
    package var color: UInt64 = 0
    /// Operations on pixels and their neighbours.
    package var local: UInt64 = 0
  }

  /// The form that every image gets.
  package let preprocessing: Preprocessing
  /// The time spent in each stage, while there is a ``clock``.
  package private(set) var stageTimes = StageTimes()
  /// Returns the time in nanoseconds, by which stages are measured; nil where they are not.
  package var clock: (() -> UInt64)?

  private let output: ChannelScale
  private let background: SIMD4<Float>
  private var composition = Composition()
  private let resampler = AxisAlignedResampler()
  private let warper = Warper()
  private let scratch = ScratchBuffer<Float>()

  /// Makes an executor for one thread.
  package init(preprocessing: Preprocessing) {
    self.preprocessing = preprocessing
    output = ChannelScale(preprocessing.normalization)
    let color = SIMD3<Float>(preprocessing.background)
    background =
      preprocessing.channels == .rgb
      ? SIMD4(color, 0) : SIMD4(repeating: Luma.of(color).rounded())
  }

  /// Writes what a network sees of an image under a plan.
  ///
  /// - Parameters:
  ///   - plan: The drawn plan; the empty plan resizes and fits the image as evaluation does.
  ///   - image: The source, with the channels of the preprocessing.
  ///   - report: How the source was decoded; nil where it is the whole image.
  ///   - row: Takes `preprocessing.featureCount` values: normalised planes of channels, each row by row.
  package func carryOut(
    _ plan: AugmentationPlan, on image: ImageView, decoded report: DecodeReport? = nil,
    into row: UnsafeMutablePointer<Float>
  ) {
    precondition(
      image.channels == preprocessing.channels,
      "the image has \(image.channels.name) pixels, the preprocessing asks for \(preprocessing.channels.name)"
    )
    var start = clock?() ?? 0
    composition.begin(
      source: report?.originalSize ?? ImageSize(width: image.width, height: image.height),
      grid: report?.grid ?? PixelGrid(), output: preprocessing.size, channels: preprocessing.channels,
      fit: preprocessing.fit)
    plan.compose(into: &composition)
    resample(image, into: row)
    if clock != nil { stageTimes.geometry += lap(&start) }

    let planes = PixelPlanes(
      base: row, width: preprocessing.size.width, height: preprocessing.size.height,
      channels: preprocessing.channels.rawValue, background: background, scratch: scratch)
    var isScaled = false
    for index in composition.steps.indices {
      switch composition.steps[index] {
      case .color(let transform):
        // The last pass over the pixels also scales them for the network.
        isScaled = index == composition.steps.count - 1
        planes.apply(transform, then: isScaled ? output : .identity)
        if clock != nil { stageTimes.color += lap(&start) }
      case .operation(let operation, let values):
        operation.apply(values, to: planes)
        if clock != nil {
          if operation.descriptor.stage == .local {
            stageTimes.local += lap(&start)
          } else {
            stageTimes.color += lap(&start)
          }
        }
      }
    }
    if !isScaled { planes.scale(by: output) }
    if clock != nil { stageTimes.color += lap(&start) }
  }

  private func resample(_ image: ImageView, into row: UnsafeMutablePointer<Float>) {
    let size = preprocessing.size
    let window = composition.finalWindow
    if composition.map.isAxisAligned && composition.lens == nil && composition.elastic.isEmpty {
      let centered = ProjectiveMap.translation(
        x: -Double(size.width - 1) / 2, y: -Double(size.height - 1) / 2)
      resampler.resample(
        image, picture: composition.picture, map: window.map(output: size) * composition.map * centered,
        output: size, border: composition.border, background: background, into: row)
    } else {
      let geometry = WarpGeometry(
        output: size, picture: composition.picture, window: window, map: composition.map,
        lens: composition.lens, elastic: composition.elastic, border: composition.border,
        background: background)
      warper.warp(image, along: geometry, into: row)
    }
  }

  private func lap(_ start: inout UInt64) -> UInt64 {
    let end = clock?() ?? start
    defer { start = end }
    return end - start
  }
}
