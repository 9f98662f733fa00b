/// The positions of an output row's pixels in the reduced source, and in the tile.
///
/// The loops are short and pass their results through memory: so the compiler keeps whole vectors.
struct WarpCoordinates {
  /// The map from output pixels about the centre to the lens, or without a lens all the way to the reduced source.
  var first: ProjectiveMap
  var lens: LensDistortion?
  /// The map from the lens to the reduced source; used only with a lens.
  var second: ProjectiveMap
  /// The points at which positions outside the picture are folded back, if they are: the centres of the outermost
  /// pixels.
  var fold: (low: SIMD2<Float>, high: SIMD2<Float>)?
  /// The range of positions that the tile can serve, and its origin.
  var low: SIMD2<Float>
  var high: SIMD2<Float>
  var origin: SIMD2<Float>

  /// Computes the positions of `count` pixels, rounded up to whole vectors, in the reduced source, where the centre
  /// of the first pixel is (0, 0).
  ///
  /// - Parameters:
  ///   - x: The first pixel's x about the output's centre.
  ///   - y: The row's y about the output's centre.
  ///   - displacementX: Elastic displacements to add to x, and `displacementY` to y; nil without displacements.
  func write(
    x: Float, y: Float, count: Int, displacementX: UnsafePointer<Float>?,
    displacementY: UnsafePointer<Float>?, toX xs: UnsafeMutablePointer<Float>,
    toY ys: UnsafeMutablePointer<Float>
  ) {
    if first.isAffine && lens == nil && displacementX == nil {
      // In the common case positions follow each other in equal steps.
      writeSteps(
        Float(first.b * Double(y) + first.c) + Float(first.a) * x, by: Float(first.a), count: count, to: xs)
      writeSteps(
        Float(first.e * Double(y) + first.f) + Float(first.d) * x, by: Float(first.d), count: count, to: ys)
    } else {
      writeGrid(x: x, y: y, count: count, toX: xs, toY: ys)
      if let displacementX, let displacementY {
        add(displacementX, to: xs, count: count)
        add(displacementY, to: ys, count: count)
      }
      FloatMap(first).apply(toX: xs, toY: ys, count: count)
      if let lens {
        distort(by: lens, x: xs, y: ys, count: count)
        FloatMap(second).apply(toX: xs, toY: ys, count: count)
      }
    }
  }

  /// Brings `count` positions, rounded up to whole vectors, onto the picture, and counts them from the tile's
  /// origin.
  func place(
    x xs: UnsafePointer<Float>, y ys: UnsafePointer<Float>, count: Int,
    toX placedX: UnsafeMutablePointer<Float>,
    toY placedY: UnsafeMutablePointer<Float>
  ) {
    var (xs, ys) = (xs, ys)
    if let fold {
      mirror(xs, count: count, from: fold.low.x, to: fold.high.x, into: placedX)
      mirror(ys, count: count, from: fold.low.y, to: fold.high.y, into: placedY)
      (xs, ys) = (UnsafePointer(placedX), UnsafePointer(placedY))
    }
    hold(xs, count: count, from: low.x, to: high.x, origin: origin.x, into: placedX)
    hold(ys, count: count, from: low.y, to: high.y, origin: origin.y, into: placedY)
  }

  private func writeSteps(_ start: Float, by step: Float, count: Int, to target: UnsafeMutablePointer<Float>)
  {
    var index: SIMD4<Float> = [0, 1, 2, 3]
    var i = 0
    while i < count {
      storeFloats(start + step * index, target + i)
      index += 4
      i &+= 4
    }
  }

  private func writeGrid(
    x: Float, y: Float, count: Int, toX xs: UnsafeMutablePointer<Float>, toY ys: UnsafeMutablePointer<Float>
  ) {
    writeSteps(x, by: 1, count: count, to: xs)
    writeSteps(y, by: 0, count: count, to: ys)
  }

  private func add(_ values: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i < count {
      storeFloats(loadFloats(target + i) + loadFloats(values + i), target + i)
      i &+= 4
    }
  }

  private func distort(
    by lens: LensDistortion, x xs: UnsafeMutablePointer<Float>, y ys: UnsafeMutablePointer<Float>, count: Int
  ) {
    let centerX = Float(lens.center.x)
    let centerY = Float(lens.center.y)
    let unit = Float(lens.inverseSquaredRadius)
    let k1 = Float(lens.k1)
    let k2 = Float(lens.k2)
    var i = 0
    while i < count {
      let dx = loadFloats(xs + i) - centerX
      let dy = loadFloats(ys + i) - centerY
      let r2 = (dx * dx + dy * dy) * unit
      let factor = 1 + r2 * (k1 + k2 * r2)
      storeFloats(centerX + dx * factor, xs + i)
      storeFloats(centerY + dy * factor, ys + i)
      i &+= 4
    }
  }

  /// Mirrors positions at two points until they are between these.
  private func mirror(
    _ positions: UnsafePointer<Float>, count: Int, from low: Float, to high: Float,
    into target: UnsafeMutablePointer<Float>
  ) {
    let last = high - low
    let period = max(1, 2 * last)
    let frequency = 1 / period
    // When this is added and subtracted again, numbers are rounded to whole ones.
    let magic: Float = 12_582_912
    let reach = SIMD4<Float>(repeating: 1_000_000)
    let limit = SIMD4<Float>(repeating: last)
    var i = 0
    while i < count {
      let position = (loadFloats(positions + i) - low).held(from: -reach, to: reach)
      let cycles = ((position * frequency - 0.5) + magic) - magic
      let cycle = position - period * cycles
      // The way back runs down from the period; the value that is nearer to the start is inside.
      storeFloats(cycle.held(from: .zero, to: period - cycle).held(from: .zero, to: limit) + low, target + i)
      i &+= 4
    }
  }

  private func hold(
    _ positions: UnsafePointer<Float>, count: Int, from low: Float, to high: Float, origin: Float,
    into target: UnsafeMutablePointer<Float>
  ) {
    let lows = SIMD4<Float>(repeating: low)
    let highs = SIMD4<Float>(repeating: high)
    var i = 0
    while i < count {
      storeFloats(loadFloats(positions + i).held(from: lows, to: highs) - origin, target + i)
      i &+= 4
    }
  }
}

/// A projective map in single precision.
private struct FloatMap {
  let row0: SIMD3<Float>
  let row1: SIMD3<Float>
  let row2: SIMD3<Float>
  let isAffine: Bool

  init(_ map: ProjectiveMap) {
    // An affine map's i can be divided out beforehand.
    let scale = map.isAffine ? 1 / map.i : 1
    row0 = [Float(map.a * scale), Float(map.b * scale), Float(map.c * scale)]
    row1 = [Float(map.d * scale), Float(map.e * scale), Float(map.f * scale)]
    row2 = [Float(map.g), Float(map.h), Float(map.i)]
    isAffine = map.isAffine
  }

  func apply(toX xs: UnsafeMutablePointer<Float>, toY ys: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i < count {
      let u = loadFloats(xs + i)
      let v = loadFloats(ys + i)
      let x = row0.x * u + row0.y * v + row0.z
      let y = row1.x * u + row1.y * v + row1.z
      if isAffine {
        storeFloats(x, xs + i)
        storeFloats(y, ys + i)
      } else {
        let w = row2.x * u + row2.y * v + row2.z
        storeFloats(x / w, xs + i)
        storeFloats(y / w, ys + i)
      }
      i &+= 4
    }
  }
}
