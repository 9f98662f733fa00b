import Foundation
import MillraceRandom

/// Linear-light red, green and blue.
typealias Color = SIMD3<Float>

/// The colours of one picture, which do not depend on its class.
struct Palette {
  let ground: Color
  let groundAccent: Color
  let figure: Color
  let figureShade: Color
  let outline: Color

  /// Draws a ground and a figure that differ clearly in lightness, so that a grey copy shows the figure, too.
  init(spread: Spread, using random: inout KeyedRandom) {
    var dark = spread.darkness.draw(using: &random)
    var light = spread.lightness.draw(using: &random)
    // Some pictures are dark on light.
    if random.bernoulli(0.3) { swap(&dark, &light) }
    let hue = random.uniform(0, 2 * .pi)
    // Neighbouring hues look dull together, so the figure's hue is a third of the wheel away or further.
    let other = hue + random.uniform(2.1, 4.2)
    let chroma = spread.chroma.draw(using: &random)
    ground = Self.color(lightness: dark, chroma: chroma * 0.9, hue: hue)
    groundAccent = Self.color(
      lightness: dark + random.uniform(0.04, 0.09), chroma: chroma, hue: hue + random.uniform(-0.5, 0.5))
    figure = Self.color(lightness: light, chroma: chroma, hue: other)
    figureShade = Self.color(lightness: light - 0.09, chroma: chroma * 1.1, hue: other + 0.25)
    outline = Self.color(lightness: dark - 0.14, chroma: chroma * 0.6, hue: hue)
  }

  /// A colour from OKLCH: Ottosson, "A perceptual color space for image processing", 2020. It is clipped to what
  /// sRGB holds.
  static func color(lightness: Float, chroma: Float, hue: Float) -> Color {
    let (a, b) = (chroma * cos(hue), chroma * sin(hue))
    let l = pow(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b, 3)
    let m = pow(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b, 3)
    let s = pow(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b, 3)
    let rgb = Color(
      4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
      -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
      -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s)
    return rgb.clamped(lowerBound: .zero, upperBound: .one)
  }
}

/// The sRGB transfer function, IEC 61966-2-1, from linear light to 0...255.
func encoded(_ linear: Float) -> Float {
  let value = min(max(linear, 0), 1)
  return 255 * (value <= 0.003_130_8 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055)
}
