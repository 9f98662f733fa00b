/// Resamples along any composed map: affine, projective, with a lens, with elastic displacements.
///
/// One pass over the output; each pixel is interpolated bilinearly in a tile of the source, which is averaged
/// first where the map shrinks (``WarpSampling``).
final class Warper {
  private let tile = WarpTile()
  private let field = ElasticField()
  private let floatBuffer = ScratchBuffer<Float>()
  private let offsetBuffer = ScratchBuffer<Int32>()

  /// Fills planes of `output.height × output.width` values from 0 to 255, one for each channel.
  func warp(_ image: ImageView, along geometry: WarpGeometry, into planes: UnsafeMutablePointer<Float>) {
    let output = geometry.output
    let window = geometry.window.map(output: output)
    let whole = window * geometry.map
    let sampling = WarpSampling(for: PixelFootprint(of: whole, output: output))
    if !geometry.elastic.isEmpty { field.make(geometry.elastic, size: output) }

    let factor = 1 / Double(sampling.reduction)
    let toReduced = ProjectiveMap(a: factor, c: 0.5 * factor - 0.5, e: factor, f: 0.5 * factor - 0.5)
    let coordinates = prepareTile(image, geometry: geometry, sampling: sampling, window: toReduced * window)

    // Positions are worked out in whole vectors.
    let stride = (output.width + 3) & ~3
    let samples = sampling.columns.count * sampling.rows.count
    let count = samples * stride
    let floats = floatBuffer.reserve(6 * count + 4 * stride)
    let (xs, ys) = (floats, floats + count)
    let positions = TilePositions(
      offsets: offsetBuffer.reserve(count), weights: floats + 2 * count, stride: count)
    let pixels = floats + 6 * count
    let isElastic = !geometry.elastic.isEmpty
    for row in 0..<output.height {
      var start = 0
      for j in 0..<sampling.rows.count {
        let v = Float(row) - Float(output.height - 1) / 2 + sampling.rows.offset(j)
        for i in 0..<sampling.columns.count {
          let u = -Float(output.width - 1) / 2 + sampling.columns.offset(i)
          coordinates.write(
            x: u, y: v, count: output.width,
            displacementX: isElastic ? field.x + row * field.stride : nil,
            displacementY: isElastic ? field.y + row * field.stride : nil,
            toX: xs + start, toY: ys + start)
          start += stride
        }
      }
      positions.set(x: xs, y: ys, rowStride: tile.rowStride, pixelStride: tile.pixelStride)
      let target = planes + row * output.width
      if image.channels == .gray {
        WarpSampler.sampleGray(
          tile.base, rowStride: tile.rowStride, at: positions, samples: samples, stride: stride,
          count: output.width, into: target)
      } else {
        WarpSampler.sampleColor(
          tile.base, rowStride: tile.rowStride, at: positions, samples: samples, stride: stride,
          count: output.width, pixels: pixels, into: target, planeSize: output.width * output.height)
      }
    }
  }

  /// Fills the tile with what the map can reach, and returns the way into it.
  private func prepareTile(
    _ image: ImageView, geometry: WarpGeometry, sampling: WarpSampling, window: ProjectiveMap
  ) -> WarpCoordinates {
    let width = (image.width + sampling.reduction - 1) / sampling.reduction
    let height = (image.height + sampling.reduction - 1) / sampling.reduction
    // As far as the image shines through: by a pixel of interpolation, and one of smoothing.
    let rim = geometry.border == .constant ? (sampling.smoothing == .zero ? 1.0 : 2.0) : 0.0
    var low: SIMD2<Double> = [-rim, -rim]
    var high: SIMD2<Double> = [Double(width - 1) + rim, Double(height - 1) + rim]
    let whole = window * geometry.map
    if geometry.lens == nil, let reach = reach(of: whole, geometry: geometry, sampling: sampling) {
      for axis in 0..<2 {
        // Mirrored positions fold back into the image, so whatever reaches out may land anywhere in it.
        if geometry.border == .reflect && (reach.low[axis] < 0 || reach.high[axis] > high[axis]) { continue }
        let floor = low[axis]
        let ceiling = high[axis]
        low[axis] = reach.low[axis].held(from: floor, to: ceiling)
        high[axis] = reach.high[axis].held(from: floor, to: ceiling)
      }
    }
    let lowest = SIMD2<Float>(low)
    let highest = SIMD2<Float>(high)
    // One pixel more on the left, because a whole number may be taken as the one below plus 1; one more on
    // the right than a pair of taps needs, because the shift to the tile's origin may round up.
    let columns = Int(lowest.x.rounded(.down)) - 1...Int(highest.x.rounded(.down)) + 2
    let rows = Int(lowest.y.rounded(.down)) - 1...Int(highest.y.rounded(.down)) + 2
    tile.fill(
      from: image, sampling: sampling, columns: columns, rows: rows, border: geometry.border,
      background: geometry.background)
    // Not as a literal: here it would become an array, allocated for each image.
    let origin = SIMD2(Float(tile.x), Float(tile.y))
    return WarpCoordinates(
      first: geometry.lens == nil ? whole : geometry.map, lens: geometry.lens, second: window,
      border: geometry.border, sourceWidth: width, sourceHeight: height,
      low: lowest, high: highest, origin: origin)
  }

  /// The box that the output's corners span in the reduced source, with room for what is added to them;
  /// nil if the map does not keep the output's inside together.
  private func reach(
    of map: ProjectiveMap, geometry: WarpGeometry, sampling: WarpSampling
  ) -> (low: SIMD2<Double>, high: SIMD2<Double>)? {
    let room = 0.5 + Double(geometry.elastic.isEmpty ? 0 : field.largest)
    let x = Double(geometry.output.width) / 2 + room
    let y = Double(geometry.output.height) / 2 + room
    var low: SIMD2<Double> = [.infinity, .infinity]
    var high: SIMD2<Double> = [-.infinity, -.infinity]
    for index in 0..<4 {
      let corner: SIMD2<Double> = [index & 1 == 0 ? -x : x, index & 2 == 0 ? -y : y]
      if !(map.g * corner.x + map.h * corner.y + map.i > 1e-6) { return nil }
      let p = map(corner.x, corner.y)
      if !(p.x.isFinite && p.y.isFinite) { return nil }
      low = [min(low.x, p.x), min(low.y, p.y)]
      high = [max(high.x, p.x), max(high.y, p.y)]
    }
    // Rounding in single precision must not reach past the box.
    return (low - 0.01, high + 0.01)
  }
}

/// What a warp needs to know besides its source.
struct WarpGeometry {
  var output: ImageSize
  var window: SourceWindow
  /// From output pixels to the pixels of an upright, undistorted output, both about the centre.
  var map: ProjectiveMap
  var lens: LensDistortion?
  var elastic: [ElasticDisplacement]
  var border: BorderMode
  var background: SIMD4<Float>
}
