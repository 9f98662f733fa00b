import MillraceVectors
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The vector functions over a sweep of their range, compared with the system's in double precision.
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

  @Test func `The logarithm is within two units in the last place`() {
    for (low, high) in [(1e-30, 1e-28), (0.01, 0.7), (0.7, 0.99), (1.01, 2), (2, 1000), (1e30, 1e32)] {
      let worst = worstError(from: low, to: high, of: logarithm) { log($0) }
      #expect(worst < 2 * ulp, "from \(low) to \(high): \(worst / ulp) ulp")
    }
    let near = worstError(from: 0.99, to: 1.01, relative: false, of: logarithm) { log($0) }
    #expect(near < 1e-9)
    let x = Lanes(1, 0, -3, .infinity, .nan, 1e-40, .leastNormalMagnitude, 2)
    let y = logarithm(x)
    #expect(y[0] == 0 && y[3] == .infinity && y[4].isNaN)
    #expect([1, 2, 5, 6].allSatisfy { abs(y[$0] + 87.336544) < 1e-4 })
  }

  @Test func `The logarithm of one and a number is within three units in the last place, near zero too`() {
    for limit in [1, 0.1, 1e-3, 1e-6, 1e-9] {
      let worst = worstError(from: limit * 1e-3, to: limit, of: logarithmOfOnePlus) { log1p($0) }
      #expect(worst < 3 * ulp, "up to \(limit): \(worst / ulp) ulp")
    }
    #expect(logarithmOfOnePlus(Lanes.zero) == Lanes.zero)
  }

  @Test func `The cosine of turns is within two units in the last place of one`() {
    var worst = 0.0
    for step in 0...10_000 {
      let turns = Float(step) / 10_000
      worst = max(worst, abs(Double(cosine(ofTurns: turns)) - cos(2 * Double.pi * Double(turns))))
    }
    #expect(worst < 2 * ulp, "\(worst / ulp) ulp")
    #expect([0, 0.5, 1].map { cosine(ofTurns: $0) } == [1, -1, 1])
    #expect([0.25, 0.75].allSatisfy { cosine(ofTurns: $0) == 0 })
  }

  @Test func `Sums of squares and what is not finite are found in rows of any length`() {
    for count in 0...33 {
      var values = (0..<count).map { Float($0) - 7 }
      let exact = values.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(Double(sumOfSquares(values, count: count)) == exact)
      #expect(preciseSumOfSquares(values, count: count) == exact)
      #expect(allFinite(values, count: count))
      for place in 0..<count {
        for poison in [Float.nan, .infinity, -.infinity] {
          let kept = values[place]
          values[place] = poison
          #expect(!allFinite(values, count: count))
          values[place] = kept
        }
      }
    }
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
