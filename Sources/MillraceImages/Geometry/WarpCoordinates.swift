/// Where the pixels of an output row lie in the tile.
struct WarpCoordinates {
  /// From output pixels about the centre to the lens, or without a lens all the way to the reduced source.
  var first: ProjectiveMap
  var lens: LensDistortion?
  /// From the lens to the reduced source; used only with a lens.
  var second: ProjectiveMap
  var border: BorderMode
  /// The size of the reduced source.
  var sourceWidth: Int
  var sourceHeight: Int
  /// The positions that the tile can serve, and its origin.
  var low: SIMD2<Float>
  var high: SIMD2<Float>
  var origin: SIMD2<Float>

  private static let ramp: SIMD4<Float> = [0, 1, 2, 3]

  /// Writes the tile positions of `count` pixels, rounded up to whole vectors.
  ///
  /// - Parameters:
  ///   - x: The first pixel's x about the output's centre.
  ///   - y: The row's y about the output's centre.
  ///   - displacementX: Elastic displacements to add to x, and `displacementY` to y; nil without.
  func write(
    x: Float, y: Float, count: Int, displacementX: UnsafePointer<Float>?,
    displacementY: UnsafePointer<Float>?, toX: UnsafeMutablePointer<Float>,
    toY: UnsafeMutablePointer<Float>
  ) {
    let lowX = SIMD4<Float>(repeating: low.x)
    let lowY = SIMD4<Float>(repeating: low.y)
    let highX = SIMD4<Float>(repeating: high.x)
    let highY = SIMD4<Float>(repeating: high.y)
    if first.isAffine && lens == nil && border != .reflect && displacementX == nil {
      // The common case, kept free of branches.
      let a = Float(first.a)
      let d = Float(first.d)
      let startX = Float(first.b * Double(y) + first.c) + a * x
      let startY = Float(first.e * Double(y) + first.f) + d * x
      var i = 0
      while i < count {
        let step = Self.ramp + Float(i)
        storeFloats((startX + a * step).held(from: lowX, to: highX) - origin.x, toX + i)
        storeFloats((startY + d * step).held(from: lowY, to: highY) - origin.y, toY + i)
        i += 4
      }
      return
    }
    let map = FloatMap(first)
    let after = FloatMap(second)
    var i = 0
    while i < count {
      var u = Self.ramp + (x + Float(i))
      var v = SIMD4<Float>(repeating: y)
      if let displacementX, let displacementY {
        u += loadFloats(displacementX + i)
        v += loadFloats(displacementY + i)
      }
      var (px, py) = map(u, v)
      if let lens {
        let dx = px - Float(lens.center.x)
        let dy = py - Float(lens.center.y)
        let r2 = (dx * dx + dy * dy) * Float(lens.inverseSquaredRadius)
        let factor = 1 + r2 * (Float(lens.k1) + Float(lens.k2) * r2)
        (px, py) = after(Float(lens.center.x) + dx * factor, Float(lens.center.y) + dy * factor)
      }
      if border == .reflect {
        px = Self.folded(px, count: sourceWidth)
        py = Self.folded(py, count: sourceHeight)
      }
      storeFloats(px.held(from: lowX, to: highX) - origin.x, toX + i)
      storeFloats(py.held(from: lowY, to: highY) - origin.y, toY + i)
      i += 4
    }
  }

  /// Positions mirrored into 0 ... count − 1.
  private static func folded(_ position: SIMD4<Float>, count: Int) -> SIMD4<Float> {
    let last = Float(count - 1)
    if last == 0 { return .zero }
    let period = 2 * last
    let cycle = position - period * (position / period).rounded(.down)
    let mirrored = period - cycle
    return cycle.replacing(with: mirrored, where: cycle .> last)
  }
}

/// A projective map on four points at a time.
private struct FloatMap {
  let row0: SIMD3<Float>
  let row1: SIMD3<Float>
  let row2: SIMD3<Float>
  let isAffine: Bool

  init(_ map: ProjectiveMap) {
    // An affine map has i = 1 after division.
    let scale = map.isAffine ? 1 / map.i : 1
    row0 = [Float(map.a * scale), Float(map.b * scale), Float(map.c * scale)]
    row1 = [Float(map.d * scale), Float(map.e * scale), Float(map.f * scale)]
    row2 = [Float(map.g), Float(map.h), Float(map.i)]
    isAffine = map.isAffine
  }

  @inline(__always)
  func callAsFunction(_ u: SIMD4<Float>, _ v: SIMD4<Float>) -> (SIMD4<Float>, SIMD4<Float>) {
    let x = row0.x * u + row0.y * v + row0.z
    let y = row1.x * u + row1.y * v + row1.z
    if isAffine { return (x, y) }
    let w = row2.x * u + row2.y * v + row2.z
    return (x / w, y / w)
  }
}
