import Foundation
import Testing

@testable import MillraceImages

/// The plain definitions in double precision, with which the fast paths are compared.
enum Reference {
  static func pixel(_ image: Image, _ x: Int, _ y: Int, _ channel: Int, _ border: BorderMode) -> Double {
    guard let column = border.resolve(x, count: image.width), let row = border.resolve(y, count: image.height)
    else { return 0 }
    return Double(image.pixels[(row * image.width + column) * image.channels.rawValue + channel])
  }

  /// A constant border is what lies outside of the picture; up to its edge there is picture.
  static func bilinear(_ image: Image, _ p: SIMD2<Double>, _ channel: Int, _ border: BorderMode) -> Double {
    let border = border == .constant ? .edge : border
    let (x, y) = (floor(p.x), floor(p.y))
    let (fx, fy) = (p.x - x, p.y - y)
    func at(_ i: Int, _ j: Int) -> Double { pixel(image, Int(x) + i, Int(y) + j, channel, border) }
    return (1 - fy) * ((1 - fx) * at(0, 0) + fx * at(1, 0)) + fy * ((1 - fx) * at(0, 1) + fx * at(1, 1))
  }

  /// The share of an output pixel that a map takes to the inside of an image, from many points in it.
  static func coverage(_ image: Image, _ map: ProjectiveMap, x: Double, y: Double, size: Double = 1) -> Double
  {
    let count = 40
    var inside = 0
    for j in 0..<count {
      for i in 0..<count {
        let p = map(
          x + ((Double(i) + 0.5) / Double(count) - 0.5) * size,
          y + ((Double(j) + 0.5) / Double(count) - 0.5) * size)
        let isInside =
          p.x >= -0.5 && p.y >= -0.5 && p.x <= Double(image.width) - 0.5 && p.y <= Double(image.height) - 0.5
        if isInside { inside += 1 }
      }
    }
    return Double(inside) / Double(count * count)
  }

  /// A separable triangle filter over a window, as Pillow's resize with a box.
  static func resize(_ image: Image, _ window: SourceWindow, width: Int, height: Int, channel: Int)
    -> [Double]
  {
    func weights(_ start: Double, _ length: Double, _ count: Int, _ source: Int) -> [[(Int, Double)]] {
      let scale = length / Double(count)
      let support = max(1, scale)
      return (0..<count).map { index in
        let center = start + (Double(index) + 0.5) * scale
        let taps = (0..<source).map { ($0, max(0, 1 - abs(Double($0) + 0.5 - center) / support)) }
        let sum = taps.reduce(0) { $0 + $1.1 }
        return taps.filter { $0.1 > 0 }.map { ($0.0, $0.1 / sum) }
      }
    }
    let columns = weights(window.x, window.width, width, image.width)
    let rows = weights(window.y, window.height, height, image.height)
    return rows.flatMap { row in
      columns.map { column in
        row.reduce(0.0) { sum, r in
          sum + r.1 * column.reduce(0.0) { $0 + $1.1 * pixel(image, $1.0, r.0, channel, .edge) }
        }
      }
    }
  }
}

struct WarpTests {
  static let maps: [(String, ProjectiveMap)] = [
    ("rotation", .rotation(degrees: 33)),
    ("shear", .shear(xDegrees: 20, yDegrees: -8)),
    ("small scale and turn", .scale(x: 0.8, y: 0.9) * .rotation(degrees: -100)),
    ("far away", .translation(x: 500, y: -300) * .rotation(degrees: 1)),
    ("perspective", ProjectiveMap(a: 0.95, b: 0.05, c: 1, d: -0.04, e: 0.9, f: -2, g: 0.004, h: -0.003)),
  ]

  @Test(arguments: maps.indices, BorderMode.allCases)
  func `without shrinking, each pixel is the bilinear sample at the mapped point`(
    index: Int, border: BorderMode
  ) {
    let (name, map) = Self.maps[index]
    for channels in Channels.allCases {
      let image = syntheticImage(width: 31, height: 26, channels: channels)
      let output = ImageSize(width: 29, height: 22)
      let window = SourceWindow(x: 1.25, y: 2, width: 29, height: 22)
      let geometry = WarpGeometry(
        output: output, picture: SourceWindow(of: ImageSize(width: 31, height: 26)), window: window, map: map,
        lens: nil, elastic: [], border: border, background: .zero)
      var planes = [Float](repeating: .nan, count: channels.rawValue * 29 * 22)
      image.withView { Warper().warp($0, along: geometry, into: &planes) }
      let whole = window.map(output: output) * map
      var worst = 0.0
      for y in 0..<22 {
        for x in 0..<29 {
          if border == .constant {
            // Pixels that an edge cuts have a test of their own.
            let share = Reference.coverage(image, whole, x: Double(x) - 14, y: Double(y) - 10.5, size: 1.1)
            if share < 1 { continue }
          }
          for channel in 0..<channels.rawValue {
            let expected = Reference.bilinear(image, whole(Double(x) - 14, Double(y) - 10.5), channel, border)
            let found = Double(planes[(channel * 22 + y) * 29 + x])
            worst = max(worst, abs(found - expected))
          }
        }
      }
      #expect(worst < 0.02, "\(name), \(border), \(channels)")
    }
  }

  @Test(arguments: [1.3, 2.0, 2.6, 3.1, 4.0, 5.2])
  func `when it shrinks, a turn by nothing comes close to the antialiased resize`(shrink: Double) {
    let side = Int(16 * shrink)
    let image = syntheticImage(width: side, height: side, channels: .gray)
    let output = ImageSize(width: 16, height: 16)
    let window = SourceWindow(of: ImageSize(width: side, height: side))
    let expected = Reference.resize(image, window, width: 16, height: 16, channel: 0)
    let geometry = WarpGeometry(
      output: output, picture: window, window: window, map: .identity, lens: nil, elastic: [], border: .edge,
      background: .zero)
    var plane = [Float](repeating: .nan, count: 256)
    image.withView { Warper().warp($0, along: geometry, into: &plane) }
    let error = zip(plane, expected).reduce(0.0) { $0 + pow(Double($1.0) - $1.1, 2) } / 256
    #expect(10 * log10(255 * 255 / error) > 38, "\(10 * log10(255 * 255 / error)) dB")
  }

  @Test(arguments: [(1.0, 1.9), (1.6, 2.2), (2.0, 3.5), (4.0, 1.2)], [0.0, 20, 45, 90])
  func `what an output pixel averages has the moments of the triangle filter`(
    shrink: (x: Double, y: Double), degrees: Double
  ) {
    let (x, y) = shrink
    let map = ProjectiveMap.rotation(degrees: degrees) * .scale(x: x, y: y)
    let sampling = WarpSampling(for: PixelFootprint(of: map, output: ImageSize(width: 64, height: 64)))
    for (step, samples, length) in [
      (map.derivative(x: 0, y: 0).x, sampling.columns, x), (map.derivative(x: 0, y: 0).y, sampling.rows, y),
    ] {
      let box = Double(sampling.reduction)
      let taps = 2 * SIMD2<Double>(sampling.smoothing) * box * box
      let fixed = (box * box - 1) / 12 + box * box / 6 + (taps * step * step).sum() / (length * length)
      let spread = Double(samples.spacing) * length
      let found = fixed + spread * spread * Double(samples.count * samples.count - 1) / 12
      // Nothing can make the filter narrower than the interpolation's own.
      let wanted = max(length * length / 6, 1.0 / 6)
      #expect(abs(found - wanted) < 0.15 * wanted + 0.09 * box * box, "\(found) for \(wanted)")
    }
  }

  @Test(arguments: [
    SourceWindow(x: 0, y: 0, width: 37, height: 29), SourceWindow(x: 3.3, y: 1.7, width: 20.5, height: 24),
    SourceWindow(x: 10, y: 5, width: 13, height: 11), SourceWindow(x: 12.2, y: 9.1, width: 6, height: 5),
  ])
  func `the axis-aligned path is an antialiased triangle resize`(window: SourceWindow) {
    for channels in Channels.allCases {
      let image = syntheticImage(width: 37, height: 29, channels: channels)
      for mirrored in [false, true] {
        let output = ImageSize(width: 13, height: 11)
        let map =
          window.map(output: output) * .scale(x: mirrored ? -1 : 1, y: 1) * .translation(x: -6, y: -5)
        var planes = [Float](repeating: .nan, count: channels.rawValue * 13 * 11)
        image.withView {
          AxisAlignedResampler().resample(
            $0, picture: SourceWindow(of: ImageSize(width: 37, height: 29)), map: map, output: output,
            border: .constant, background: .zero, into: &planes)
        }
        for channel in 0..<channels.rawValue {
          let expected = Reference.resize(image, window, width: 13, height: 11, channel: channel)
          for y in 0..<11 {
            for x in 0..<13 {
              let found = Double(planes[(channel * 11 + y) * 13 + (mirrored ? 12 - x : x)])
              #expect(abs(found - expected[y * 13 + x]) < 0.01)
            }
          }
        }
      }
    }
  }

  @Test(arguments: BorderMode.allCases)
  func `an axis-aligned window that reaches outside shows the border`(border: BorderMode) {
    let image = syntheticImage(width: 9, height: 8, channels: .rgb)
    let output = ImageSize(width: 12, height: 14)
    let window = SourceWindow(x: -2.5, y: -3, width: 12, height: 14)
    var planes = [Float](repeating: .nan, count: 3 * 12 * 14)
    image.withView {
      AxisAlignedResampler().resample(
        $0, picture: SourceWindow(of: ImageSize(width: 9, height: 8)),
        map: window.map(output: output) * .translation(x: -5.5, y: -6.5), output: output, border: border,
        background: .zero, into: &planes)
    }
    for channel in 0..<3 {
      for y in 0..<14 {
        for x in 0..<12 {
          let p: SIMD2<Double> = [Double(x) - 2.5, Double(y) - 3]
          let share = border == .constant ? Reference.coverage(image, .identity, x: p.x, y: p.y) : 1
          let expected = share * Reference.bilinear(image, p, channel, border)
          #expect(abs(Double(planes[(channel * 14 + y) * 12 + x]) - expected) < 0.01, "\(x), \(y)")
        }
      }
    }
  }

  @Test func `the whole image and its mirror image are copied to the bit`() throws {
    for channels in Channels.allCases {
      let image = syntheticImage(width: 28, height: 28, channels: channels)
      let plain = try augmented("none", image, width: 28, height: 28)
      let mirrored = try augmented("flip:1", image, width: 28, height: 28)
      for channel in 0..<channels.rawValue {
        for y in 0..<28 {
          for x in 0..<28 {
            let pixel = Float(image.pixels[(y * 28 + x) * channels.rawValue + channel])
            #expect(abs(plain[(channel * 28 + y) * 28 + x] - pixel) < 1e-4)
            #expect(abs(mirrored[(channel * 28 + y) * 28 + 27 - x] - pixel) < 1e-4)
          }
        }
      }
    }
  }

  @Test(arguments: [20, 36, 50, 90])
  func `a background colour surrounds what has moved away`(side: Int) throws {
    let image = syntheticImage(width: side, height: side, channels: .rgb)
    for policy in ["translate:x=1..1;y=0", "translate:x=1..1;y=0, rotate:3..3"] {
      let plan = draw(try AugmentationPolicy(parsing: policy), sample: 0)
      let row = try render(plan, image, width: 20, height: 20, background: [255, 51, 0])
      #expect(abs(row[0] - 1) < 1e-5 && abs(row[400] - 0.2) < 1e-5 && row[800] == 0)
    }
  }
}

struct SourceWindowTests {
  @Test func `the covering window is the largest centred box of the output's shape`() {
    let square = ImageSize(width: 64, height: 64)
    #expect(
      SourceWindow.covering(square, of: ImageSize(width: 200, height: 267))
        == SourceWindow(x: 0, y: 33.5, width: 200, height: 200))
    #expect(
      SourceWindow.covering(ImageSize(width: 20, height: 10), of: ImageSize(width: 100, height: 100))
        == SourceWindow(x: 0, y: 25, width: 100, height: 50))
    #expect(
      SourceWindow.covering(square, of: square) == SourceWindow(x: 0, y: 0, width: 64, height: 64))
  }

  @Test func `a box too large for its shape shrinks and keeps the shape`() {
    let box = SourceWindow(of: ImageSize(width: 300, height: 100)).box(area: 0.9, aspect: 1, x: 0.5, y: 1)
    #expect(box == SourceWindow(x: 100, y: 0, width: 100, height: 100))
  }
}

struct ProjectiveMapTests {
  @Test func `a map and its inverse cancel`() {
    let map = ProjectiveMap(a: 0.9, b: 0.2, c: 3, d: -0.1, e: 1.1, f: -4, g: 0.003, h: -0.002)
    for point: SIMD2<Double> in [[0, 0], [10, -7], [-30, 22]] {
      let there = map(point.x, point.y)
      let back = map.inverse(there.x, there.y)
      #expect(abs(back.x - point.x) < 1e-9 && abs(back.y - point.y) < 1e-9)
    }
  }

  @Test func `the unit square goes to four given points`() {
    let corners: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>, SIMD2<Double>) = (
      [1, 2], [9, 1], [8, 7], [0, 6]
    )
    let map = ProjectiveMap.unitSquare(to: corners)
    let unit: [SIMD2<Double>] = [[0, 0], [1, 0], [1, 1], [0, 1]]
    for (from, to) in zip(unit, [corners.0, corners.1, corners.2, corners.3]) {
      let found = map(from.x, from.y)
      #expect(abs(found.x - to.x) < 1e-9 && abs(found.y - to.y) < 1e-9)
    }
  }
}
