import MillraceRandom

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Adds Gaussian noise to each value.
struct Noise: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "noise", summary: "Adds Gaussian noise to each value.", source: "standard", stage: .local,
    parameters: [
      AugmentationParameter(
        "sigma", in: 0...1, default: .range(0, 0.05), "the standard deviation, as a share of the full range")
    ],
    draws: [.init("sigma", in: 0...1)] + AugmentationDescriptor.DrawnValue.keyHalves, neutral: "0")

  let sigma: ArgumentSpan

  init(_ arguments: AugmentationArguments) { sigma = arguments.span("sigma") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: sigma.draw(using: &random), random.halfKey(), random.halfKey())
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    let key = values.key(at: 1)
    let words = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    let sigma = 255 * values[0]
    quantiles.withUnsafeBufferPointer { quantiles in
      var i = 0
      var block: UInt32 = 0
      while i < planes.count {
        let bits = KeyedRandom.philox(
          counter: SIMD4(block, 0, 0, RandomPurpose.noise.rawValue), key: words)
        block &+= 1
        // Each random word serves two values: by its upper and its lower twelve bits.
        for lane in 0..<8 where i + lane < planes.count {
          let index = Int(lane < 4 ? bits[lane] >> 20 : bits[lane - 4] & 0xFFF)
          let value = planes.base[i + lane] + sigma * quantiles[index]
          planes.base[i + lane] = min(255, max(0, value))
        }
        i += 8
      }
    }
  }

  /// The middle of each 4096th of the standard normal distribution, scaled to unit variance.
  private static let quantiles: [Float] = {
    let count = 4096
    var half = (0..<count / 2).map { index -> Double in
      let share = (Double(index) + 0.5) / Double(count)
      var (low, high) = (0.0, 8.0)
      for _ in 0..<50 {
        let middle = (low + high) / 2
        // The share of the distribution between 0 and the middle.
        if erf(middle / 2.0.squareRoot()) / 2 < share { low = middle } else { high = middle }
      }
      return low
    }
    let variance = half.reduce(0) { $0 + $1 * $1 } / Double(count / 2)
    half = half.map { $0 / variance.squareRoot() }
    return half.reversed().map { Float(-$0) } + half.map { Float($0) }
  }()
}
