import Testing

@testable import MillraceNetwork

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The vector functions over a sweep of their range, against the system's in double precision.
struct VectorFunctionTests {
  @Test func `The exponential is within two units in the last place`() {
    let worst = worstError(from: -87, to: 87.9, of: exponential) { exp($0) }
    #expect(worst < 2 * ulp, "\(worst / ulp) ulp")
  }

  @Test func `The exponential minus one is within three units in the last place, near zero too`() {
    for limit in [80.0, 3, 0.3, 1e-3, 1e-6] {
      let worst = worstError(from: -limit, to: limit, of: exponentialMinusOne) { expm1($0) }
      #expect(worst < 3 * ulp, "up to \(limit): \(worst / ulp) ulp")
    }
  }

  @Test func `The hyperbolic tangent is within four units in the last place, near zero too`() {
    for limit in [50.0, 9, 1, 1e-3, 1e-6] {
      let worst = worstError(from: -limit, to: limit, of: hyperbolicTangent) { tanh($0) }
      #expect(worst < 4 * ulp, "up to \(limit): \(worst / ulp) ulp")
    }
  }

  @Test func `The error function is within five ten-millionths`() {
    let worst = worstError(from: -6, to: 6, relative: false, of: errorFunction) { erf($0) }
    #expect(worst < 5e-7, "\(worst)")
  }

  @Test func `Beyond their range they are limited and not infinite`() {
    let x = Lanes(-.infinity, -1e30, -200, -88, 88, 200, 1e30, .infinity)
    let e = exponential(x)
    #expect((0..<4).allSatisfy { e[$0] > 0 && e[$0] < 2e-38 })
    #expect((4..<8).allSatisfy { e[$0] > 1.6e38 && e[$0].isFinite })
    #expect(exponentialMinusOne(x).lowHalf == SIMD4(repeating: -1))
    #expect(hyperbolicTangent(x) == Lanes(-1, -1, -1, -1, 1, 1, 1, 1))
    #expect(errorFunction(x) == Lanes(-1, -1, -1, -1, 1, 1, 1, 1))
  }

  /// The distance between neighbouring Floats is at most this share of them.
  private let ulp = Double(Float.ulpOfOne)

  /// The largest error over a sweep, relative to the function's value unless `relative` is false.
  private func worstError(
    from low: Double, to high: Double, relative: Bool = true, of function: (Lanes) -> Lanes,
    against oracle: (Double) -> Double
  ) -> Double {
    var worst = 0.0
    let groups = 1000
    for group in 0..<groups {
      var x = Lanes.zero
      for lane in 0..<8 {
        x[lane] = Float(low + (high - low) * (Double(group * 8 + lane) + 0.37) / Double(groups * 8))
      }
      let y = function(x)
      for lane in 0..<8 {
        let exact = oracle(Double(x[lane]))
        let error = abs(Double(y[lane]) - exact)
        worst = max(worst, relative ? error / abs(exact) : error)
      }
    }
    return worst
  }
}
