import Foundation
import Testing

@testable import MillraceImages

/// The picture ends at its own edge, whatever is done to it: no border colour reaches inside.
struct PictureEdgeTests {
  /// A decoded image, and the place of the picture in it.
  struct Decoded {
    var image: Image
    var grid: PixelGrid
    var size: ImageSize
    var picture: SourceWindow { SourceWindow(of: size).on(grid) }
  }

  /// A picture that changes by some levels from pixel to pixel, decoded in full or reduced, with its first or last
  /// squares cut.
  private static func decoded(_ size: ImageSize, _ channels: Channels, reduction: Int, fromEnd: Bool)
    -> Decoded
  {
    var picture = smooth(size, channels)
    guard reduction > 1 else { return Decoded(image: picture, grid: PixelGrid(), size: size) }
    if fromEnd { picture.pixels = turnedAround(picture) }
    let reduced = size.reduced(by: reduction)
    var pixels = [UInt8](repeating: 0, count: reduced.width * reduced.height * channels.rawValue)
    var reduce = BoxReduction()
    picture.withView { view in
      pixels.withUnsafeMutableBufferPointer { reduce.reduce(view, by: reduction, into: $0.baseAddress!) }
    }
    var image = Image(width: reduced.width, height: reduced.height, channels: channels, pixels: pixels)
    if fromEnd { image.pixels = turnedAround(image) }
    return Decoded(
      image: image,
      grid: PixelGrid(
        reduction: reduction, originX: fromEnd ? size.width - reduced.width * reduction : 0,
        originY: fromEnd ? size.height - reduced.height * reduction : 0), size: size)
  }

  private static func smooth(_ size: ImageSize, _ channels: Channels) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        let u = (Double(x) + 0.5) / Double(size.width)
        let v = (Double(y) + 0.5) / Double(size.height)
        for channel in 0..<channels.rawValue {
          let value = 70 + 30 * u + 20 * v + 10 * sin(4 * u - 3 * v + Double(channel))
          pixels.append(UInt8(value.rounded()))
        }
      }
    }
    return Image(width: size.width, height: size.height, channels: channels, pixels: pixels)
  }

  private static func turnedAround(_ image: Image) -> [UInt8] {
    var pixels = image.pixels
    image.withView { view in
      pixels.withUnsafeMutableBufferPointer { Uprighting.turn(view, by: .rotated180, into: $0.baseAddress!) }
    }
    return pixels
  }

  private func warped(_ decoded: Decoded, _ map: ProjectiveMap, _ output: ImageSize, _ border: BorderMode)
    -> [Float]
  {
    let window = SourceWindow.covering(output, of: decoded.size).on(decoded.grid)
    var planes = [Float](
      repeating: .nan, count: decoded.image.channels.rawValue * output.width * output.height)
    let geometry = WarpGeometry(
      output: output, picture: decoded.picture, window: window, map: map, lens: nil, elastic: [],
      border: border,
      background: [250, 5, 90, 0])
    decoded.image.withView { Warper().warp($0, along: geometry, into: &planes) }
    return planes
  }

  private func resampled(_ decoded: Decoded, _ map: ProjectiveMap, _ output: ImageSize, _ border: BorderMode)
    -> [Float]
  {
    let window = SourceWindow.covering(output, of: decoded.size).on(decoded.grid)
    var planes = [Float](
      repeating: .nan, count: decoded.image.channels.rawValue * output.width * output.height)
    let centered = ProjectiveMap.translation(
      x: -Double(output.width - 1) / 2, y: -Double(output.height - 1) / 2)
    decoded.image.withView {
      AxisAlignedResampler().resample(
        $0, picture: decoded.picture, map: window.map(output: output) * map * centered, output: output,
        border: border, background: [250, 5, 90, 0], into: &planes)
    }
    return planes
  }

  @Test(arguments: [1, 2, 4, 8], [(96, 96), (97, 97), (103, 98), (130, 113), (207, 161), (417, 413)])
  func `a warp that changes nothing is the plain resample to a level`(reduction: Int, size: (Int, Int)) {
    for fromEnd in [false, true] {
      for channels in Channels.allCases {
        let decoded = Self.decoded(
          ImageSize(width: size.0, height: size.1), channels, reduction: reduction, fromEnd: fromEnd)
        for side in [12, 20, 31, 150] {
          let output = ImageSize(width: side, height: side)
          // No decode is reduced below the output's size.
          if reduction > 1 && min(decoded.image.width, decoded.image.height) < side { continue }
          for border in BorderMode.allCases {
            let worst = largestDifference(
              warped(decoded, .identity, output, border), resampled(decoded, .identity, output, border))
            #expect(worst <= 1, "\(channels) to \(side), \(border), from the end: \(fromEnd): \(worst)")
          }
        }
      }
    }
  }

  @Test(arguments: [1, 8], [1.3, 2.0])
  func `a constant border lies around a picture that is made smaller, whichever way is taken`(
    reduction: Int, shrink: Double
  ) {
    for fromEnd in [false, true] {
      let decoded = Self.decoded(
        ImageSize(width: 203, height: 198), .rgb, reduction: reduction, fromEnd: fromEnd)
      let output = ImageSize(width: 20, height: 20)
      let map = ProjectiveMap.translation(x: 0.7, y: -0.4) * .scale(x: shrink, y: shrink)
      let plain = resampled(decoded, map, output, .constant)
      let worst = largestDifference(warped(decoded, map, output, .constant), plain)
      #expect(worst <= 1.5, "from the end: \(fromEnd): \(worst)")
      #expect(plain[0] == 250 && plain[400] == 5 && plain[800] == 90)
    }
  }

  static let maps: [(String, ProjectiveMap)] = [
    ("identity", .identity), ("turn", .rotation(degrees: 25)), ("turn back", .rotation(degrees: -3)),
    ("shear", .shear(xDegrees: 20, yDegrees: -8)),
    ("small", .rotation(degrees: 40) * .scale(x: 1.6, y: 1.2)),
    ("large", .rotation(degrees: 10) * .scale(x: 0.7, y: 0.7)),
    ("perspective", ProjectiveMap(a: 1.1, b: 0.05, c: 1, d: -0.04, e: 1.2, f: -2, g: 0.004, h: -0.003)),
  ]

  @Test(arguments: maps.indices, [0.5, 1, 1.9, 3.3, 6])
  func `white stays white up to the edge, which leaves of a pixel what lies inside`(index: Int, size: Double)
  {
    let output = ImageSize(width: 24, height: 20)
    let width = Int(24 * size)
    let height = Int(20 * size)
    for channels in Channels.allCases {
      let white = Image(
        width: width, height: height, channels: channels,
        pixels: [UInt8](repeating: 255, count: width * height * channels.rawValue))
      let window = SourceWindow(of: ImageSize(width: width, height: height))
      let geometry = WarpGeometry(
        output: output, picture: window, window: window, map: Self.maps[index].1, lens: nil, elastic: [],
        border: .constant, background: .zero)
      var planes = [Float](repeating: .nan, count: channels.rawValue * 480)
      white.withView { Warper().warp($0, along: geometry, into: &planes) }
      let map = window.map(output: output) * geometry.map
      var (dark, wrong, cut) = (0.0, 0.0, 0)
      for y in 0..<20 {
        for x in 0..<24 {
          let (u, v) = (Double(x) - 11.5, Double(y) - 9.5)
          let share = Reference.coverage(white, map, x: u, y: v)
          for channel in 0..<channels.rawValue {
            let value = Double(planes[(channel * 20 + y) * 24 + x])
            if Reference.coverage(white, map, x: u, y: v, size: 1.02) == 1 { dark = max(dark, 255 - value) }
            wrong = max(wrong, abs(value - 255 * share))
          }
          if share > 0 && share < 1 { cut += 1 }
        }
      }
      #expect(dark < 0.05, "\(Self.maps[index].0)")
      // At a corner the share is nearly the product of the shares at its edges.
      #expect(wrong < 255 * 0.13, "\(Self.maps[index].0): \(wrong)")
      #expect(cut > 0 || index == 0 || Self.maps[index].0 == "large")
    }
  }

  @Test(arguments: [
    "rotate:0..0", "rotate:4..4", "shear:3", "elastic:sigma=4;alpha=0", "lens:k1=0..0", "perspective:0",
    "scale:0.9..0.9", "translate:x=0.1..0.1;y=0",
  ])
  func `a policy darkens nothing that evaluation shows bright`(policy: String) throws {
    for (side, output) in [(28, 28), (64, 28), (100, 32), (20, 28), (57, 56)] {
      let white = Image(
        width: side, height: side, channels: .gray, pixels: [UInt8](repeating: 255, count: side * side))
      let row = try augmented(policy, white, width: output, height: output)
      // Whatever has moved, the middle is still there; without a move everything is.
      let moves = ["rotate:4", "shear:3", "scale:0.9", "translate"].contains { policy.hasPrefix($0) }
      let margin = moves ? output / 6 : 0
      for y in margin..<output - margin {
        for x in margin..<output - margin {
          #expect(row[y * output + x] > 254.9, "\(side) to \(output): \(x), \(y)")
        }
      }
    }
  }

  @Test func `under elastic displacements and a lens, white stays white inside`() throws {
    for policy in ["elastic:sigma=4;alpha=34", "lens:k1=0.2..0.2;center=0", "elastic, rotate:10, lens"] {
      let white = Image(
        width: 50, height: 50, channels: .gray, pixels: [UInt8](repeating: 255, count: 2500))
      let black = Image(width: 50, height: 50, channels: .gray, pixels: [UInt8](repeating: 0, count: 2500))
      for sample in 0..<4 {
        let plan = draw(try AugmentationPolicy(parsing: policy), sample: sample, source: white)
        // The share that a white border leaves of a black picture is the share that a black border takes from a
        // white picture.
        let inside = try render(plan, white, width: 28, height: 28)
        let outside = try render(plan, black, width: 28, height: 28, background: [255, 255, 255])
        for i in 0..<784 { #expect(abs(inside[i] + outside[i] - 1) < 1e-4) }
        let whole = inside.count { $0 > 0.9999 }
        #expect(whole > 500 && whole < 784)
      }
    }
  }
}
