/// Resamples along any composed map: affine, projective, with a lens, with elastic displacements.
///
/// It goes over the output once; each pixel is interpolated bilinearly in a tile of the source, which is averaged
/// first where the map shrinks (``WarpSampling``).
final class Warper {
  private let tile = WarpTile()
  private let field = ElasticField()
  private let coverage = EdgeCoverage()
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
    let ofImage = geometry.picture.axes(of: image)
    let axes = (x: ofImage.x.reduced(by: sampling.reduction), y: ofImage.y.reduced(by: sampling.reduction))
    let coordinates = prepareTile(
      image, axes: axes, geometry: geometry, sampling: sampling, window: toReduced * window)
    let showsBorder =
      geometry.border == .constant && !staysInside(axes, along: toReduced * whole, geometry: geometry)
    coverage.begin(count: output.width, axes: axes)

    // Positions are computed in whole vectors.
    let stride = (output.width + 3) & ~3
    let samples = sampling.columns.count * sampling.rows.count
    let count = samples * stride
    let floats = floatBuffer.reserve(6 * count + 4 * stride)
    let (xs, ys) = (floats, floats + count)
    let positions = TilePositions(
      offsets: offsetBuffer.reserve(count), weights: floats + 2 * count, stride: count)
    let pixels = floats + 6 * count
    let planeSize = output.width * output.height
    if showsBorder {
      // The first row has no row above it, so the one below is used; for a single row, a step beyond it.
      let second = min(1, output.height - 1)
      writePositions(ofRow: second, offset: SIMD2(0, Float(1 - second)), coordinates, geometry)
      coverage.advance()
    }
    for row in 0..<output.height {
      var start = 0
      for j in 0..<sampling.rows.count {
        for i in 0..<sampling.columns.count {
          writePositions(
            ofRow: row, offset: SIMD2(sampling.columns.offset(i), sampling.rows.offset(j)), coordinates,
            geometry)
          coordinates.place(
            x: coverage.x, y: coverage.y, count: output.width, toX: xs + start, toY: ys + start)
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
          count: output.width, pixels: pixels, into: target, planeSize: planeSize)
      }
      guard showsBorder else { continue }
      // With one sample, the positions are already those of the pixels themselves.
      if samples > 1 { writePositions(ofRow: row, offset: .zero, coordinates, geometry) }
      coverage.blend(
        geometry.background, into: target, planeSize: planeSize, channels: image.channels.rawValue)
      coverage.advance()
    }
  }

  /// Computes the positions of a row of output pixels, moved by an offset, in the reduced source.
  private func writePositions(
    ofRow row: Int, offset: SIMD2<Float>, _ coordinates: WarpCoordinates, _ geometry: WarpGeometry
  ) {
    let output = geometry.output
    let isElastic = !geometry.elastic.isEmpty
    coordinates.write(
      x: -Float(output.width - 1) / 2 + offset.x, y: Float(row) - Float(output.height - 1) / 2 + offset.y,
      count: output.width,
      displacementX: isElastic ? field.x + row * field.stride : nil,
      displacementY: isElastic ? field.y + row * field.stride : nil,
      toX: coverage.x, toY: coverage.y)
  }

  /// Fills the tile with all that the map can reach, and returns the coordinates in the tile.
  private func prepareTile(
    _ image: ImageView, axes: (x: PixelAxis, y: PixelAxis), geometry: WarpGeometry, sampling: WarpSampling,
    window: ProjectiveMap
  ) -> WarpCoordinates {
    // Beyond the centres of the outermost pixels nothing changes any more.
    let first = SIMD2(axes.x.centers.lowerBound, axes.y.centers.lowerBound) - 0.5
    let last = SIMD2(axes.x.centers.upperBound, axes.y.centers.upperBound) - 0.5
    var (low, high) = (first, last)
    let whole = window * geometry.map
    // Rounding in single precision must not reach beyond the box; samples are away from a pixel's centre.
    if geometry.lens == nil, let reach = reach(of: whole, geometry: geometry, room: 0.5) {
      for axis in 0..<2 {
        let reached = (low: reach.low[axis] - 0.01, high: reach.high[axis] + 0.01)
        // Mirrored positions fold back into the image, so a position outside may land anywhere in it.
        if geometry.border == .reflect && (reached.low < first[axis] || reached.high > last[axis]) {
          continue
        }
        low[axis] = reached.low.held(from: first[axis], to: last[axis])
        high[axis] = reached.high.held(from: first[axis], to: last[axis])
      }
    }
    let lowest = SIMD2<Float>(low)
    let highest = SIMD2<Float>(high)
    // One pixel more is taken on the left, because a whole number may be taken as the one below plus 1, and one
    // more on the right than a pair of taps needs, because the shift to the tile's origin may round up.
    let columns = Int(lowest.x.rounded(.down)) - 1...Int(highest.x.rounded(.down)) + 2
    let rows = Int(lowest.y.rounded(.down)) - 1...Int(highest.y.rounded(.down)) + 2
    tile.fill(
      from: image, sampling: sampling, axes: axes, columns: columns, rows: rows, border: geometry.border)
    // This is not a literal: here a literal would become an array, allocated for each image.
    let origin = SIMD2(Float(tile.x), Float(tile.y))
    return WarpCoordinates(
      first: geometry.lens == nil ? whole : geometry.map, lens: geometry.lens, second: window,
      fold: geometry.border == .reflect ? (SIMD2<Float>(first), SIMD2<Float>(last)) : nil,
      low: lowest, high: highest, origin: origin)
  }

  /// Whether the whole output shows the picture.
  private func staysInside(
    _ axes: (x: PixelAxis, y: PixelAxis), along map: ProjectiveMap, geometry: WarpGeometry
  ) -> Bool {
    guard geometry.lens == nil, let reach = reach(of: map, geometry: geometry, room: 0) else { return false }
    return reach.low.x >= axes.x.low - 0.5 - 1e-6 && reach.high.x <= axes.x.high - 0.5 + 1e-6
      && reach.low.y >= axes.y.low - 0.5 - 1e-6 && reach.high.y <= axes.y.high - 0.5 + 1e-6
  }

  /// The box that the output's corners span in the reduced source, including elastic displacements; nil if the map
  /// does not keep the output's inside together.
  ///
  /// - Parameter room: What is added to the output on each side, in its pixels.
  private func reach(
    of map: ProjectiveMap, geometry: WarpGeometry, room: Double
  ) -> (low: SIMD2<Double>, high: SIMD2<Double>)? {
    let room = room + Double(geometry.elastic.isEmpty ? 0 : field.largest)
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
    return (low, high)
  }
}

/// What a warp needs besides its source.
struct WarpGeometry {
  var output: ImageSize
  /// The place of the picture in the image; the border is beyond it.
  var picture: SourceWindow
  var window: SourceWindow
  /// The map from output pixels to the pixels of an upright, undistorted output, both about the centre.
  var map: ProjectiveMap
  var lens: LensDistortion?
  var elastic: [ElasticDisplacement]
  var border: BorderMode
  var background: SIMD4<Float>
}
