#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Rec. 601 luma, by which Pillow and libjpeg turn colour into grey.
enum Luma {
  static let weights: SIMD3<Float> = [0.299, 0.587, 0.114]

  static func of(_ color: SIMD3<Float>) -> Float { (weights * color).sum() }

  /// The level as the codecs round it: in 16 bits after the point.
  static func level(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
    let parts: SIMD3<UInt32> = [UInt32(red), UInt32(green), UInt32(blue)] &* [19595, 38470, 7471]
    return UInt8((parts.wrappedSum() + 32768) >> 16)
  }
}

/// An affine map of colours that may also use the mean colour of its image: v′ = pixel · v + mean · m + offset,
/// where m is the mean of v over the image.
///
/// So a chain that contains contrast, whose pivot is the mean grey at its place in the chain, still composes into
/// one map. Matrices hold their columns. Values run from 0 to 255.
public struct ColorTransform: Hashable, Sendable {
  var pixel: ColorMatrix
  var mean: ColorMatrix
  var offset: SIMD3<Float>

  /// The transform that changes nothing.
  public static let identity = ColorTransform(pixel: .identity, mean: .zero, offset: .zero)

  init(pixel: ColorMatrix, mean: ColorMatrix, offset: SIMD3<Float>) {
    self.pixel = pixel
    self.mean = mean
    self.offset = offset
  }

  /// The map v′ = M · v + offset.
  ///
  /// - Parameters:
  ///   - red: The shares of red, green and blue in the new red: the first row of M.
  ///   - green: The second row.
  ///   - blue: The third row.
  ///   - offset: What is added, in units of 0…255.
  public init(
    red: SIMD3<Float>, green: SIMD3<Float>, blue: SIMD3<Float>, offset: SIMD3<Float> = .zero
  ) {
    self.init(pixel: ColorMatrix(rows: red, green, blue), mean: .zero, offset: offset)
  }

  /// The map v′ = factor · v, as in Pillow's ImageEnhance.Brightness.
  public static func brightness(_ factor: Float) -> Self {
    Self(pixel: factor * .identity, mean: .zero, offset: .zero)
  }

  /// Pulls each pixel away from the image's mean grey, or towards it below 1, as ImageEnhance.Contrast does.
  public static func contrast(_ factor: Float) -> Self {
    Self(pixel: factor * .identity, mean: (1 - factor) * .luma, offset: .zero)
  }

  /// Pulls each pixel away from its own grey, or towards it below 1, as ImageEnhance.Color does.
  public static func saturation(_ factor: Float) -> Self {
    Self(pixel: factor * .identity + (1 - factor) * .luma, mean: .zero, offset: .zero)
  }

  /// Turns the colours about the axis of greys and keeps luma: a rotation in the plane of U and V.
  ///
  /// Positive angles lead from red to yellow to green. Source: Rec. BT.601 for U and V; Haeberli, "Matrix
  /// operations for image processing", 1993, for the idea.
  public static func hue(degrees: Float) -> Self {
    let angle = degrees * .pi / 180
    let cosine = cosf(angle)
    let sine = sinf(angle)
    // U = 0.492·(B − Y) and V = 0.877·(R − Y) turn; G follows, since 0.299·R + 0.587·G + 0.114·B = Y.
    let ratio: Float = 0.492 / 0.877
    let chroma = ColorMatrix.identity - .luma
    let red = cosine * chroma.row(0) + sine * ratio * chroma.row(2)
    let blue = cosine * chroma.row(2) - sine / ratio * chroma.row(0)
    let green = (-Luma.weights.x * red - Luma.weights.z * blue) / Luma.weights.y
    return Self(pixel: .luma + ColorMatrix(rows: red, green, blue), mean: .zero, offset: .zero)
  }

  /// The map v′ = 255 − v.
  public static let inversion = Self(pixel: -1 * .identity, mean: .zero, offset: SIMD3(repeating: 255))

  /// The transform that does this one first and then `next`.
  func followed(by next: Self) -> Self {
    // The mean that `next` sees is this transform's mean: (pixel + mean)·m + offset.
    Self(
      pixel: next.pixel * pixel,
      mean: next.pixel * mean + next.mean * (pixel + mean),
      offset: next.pixel * offset + next.mean * offset + next.offset)
  }

  var needsMean: Bool { mean != .zero }
}

/// A 3 × 3 matrix on red, green and blue, by columns.
struct ColorMatrix: Hashable, Sendable {
  var red: SIMD3<Float>
  var green: SIMD3<Float>
  var blue: SIMD3<Float>

  static let identity = ColorMatrix(red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1])
  static let zero = ColorMatrix(red: .zero, green: .zero, blue: .zero)
  /// Puts a colour's luma into all three channels.
  static let luma = ColorMatrix(
    red: SIMD3(repeating: Luma.weights.x), green: SIMD3(repeating: Luma.weights.y),
    blue: SIMD3(repeating: Luma.weights.z))

  init(red: SIMD3<Float>, green: SIMD3<Float>, blue: SIMD3<Float>) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  init(rows r: SIMD3<Float>, _ g: SIMD3<Float>, _ b: SIMD3<Float>) {
    self.init(red: [r.x, g.x, b.x], green: [r.y, g.y, b.y], blue: [r.z, g.z, b.z])
  }

  func row(_ index: Int) -> SIMD3<Float> { [red[index], green[index], blue[index]] }

  static func + (left: Self, right: Self) -> Self {
    Self(red: left.red + right.red, green: left.green + right.green, blue: left.blue + right.blue)
  }

  static func - (left: Self, right: Self) -> Self { left + -1 * right }

  static func * (factor: Float, matrix: Self) -> Self {
    Self(red: factor * matrix.red, green: factor * matrix.green, blue: factor * matrix.blue)
  }

  static func * (matrix: Self, color: SIMD3<Float>) -> SIMD3<Float> {
    matrix.red * color.x + matrix.green * color.y + matrix.blue * color.z
  }

  static func * (left: Self, right: Self) -> Self {
    Self(red: left * right.red, green: left * right.green, blue: left * right.blue)
  }
}
