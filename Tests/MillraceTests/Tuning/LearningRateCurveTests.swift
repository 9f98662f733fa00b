import Foundation
import Testing

@testable import MillraceModels
@testable import MillraceWorkshop

struct LearningRateCurveTests {
  /// The loss as a function of the logarithm of the rate.
  private static func curve(_ steps: Int = 300, _ loss: (Double) -> Double) -> LearningRateCurve {
    var curve = LearningRateCurve()
    let range = LearningRateRange()
    for step in 0..<steps {
      let rate = range.rate(ofStep: step)
      curve.add(rate: rate, loss: loss(log10(rate)))
    }
    return curve
  }

  @Test func `The rate grows by the same factor each step, from the lowest to the highest`() {
    let range = LearningRateRange()
    #expect(range.rate(ofStep: 0) == range.lowest)
    #expect(abs(range.rate(ofStep: range.steps - 1) / range.highest - 1) < 1e-12)
    let factors = (1..<range.steps).map { range.rate(ofStep: $0) / range.rate(ofStep: $0 - 1) }
    #expect(factors.allSatisfy { abs($0 / factors[0] - 1) < 1e-12 })
  }

  @Test func `A tenth of the rate with the least loss is suggested`() throws {
    // The loss is flat, then falls from 10⁻⁴ to 10⁻², then rises; the average follows half a power of ten behind.
    let curve = Self.curve { power in
      power < -4 ? 2 : power < -2 ? 2 - 0.75 * (power + 4) : 0.5 + 4 * (power + 2)
    }
    let lowest = try #require(curve.lowest)
    #expect(lowest.rate > 0.009 && lowest.rate < 0.04)
    #expect(curve.suggestion == (lowest.rate / 10).twoDigits)
    let steepest = try #require(curve.steepest)
    #expect(steepest.rate > 1e-4 && steepest.rate < lowest.rate)
  }

  @Test func `The average of equal losses is their value, from the first step on`() {
    let curve = Self.curve(20) { _ in 3 }
    #expect(curve.points.allSatisfy { abs($0.smoothed - 3) < 1e-12 })
  }

  @Test func `Where the loss never falls nothing is suggested`() {
    let flat = Self.curve { _ in 2 }
    #expect(flat.suggestion == nil && flat.steepest == nil && !flat.isHopeless)
    let rising = Self.curve { 2 + max(0, $0 + 5) }
    #expect(rising.suggestion == nil && LearningRateCurve().suggestion == nil)
  }

  @Test func `A loss beyond hope or beyond numbers ends the test`() {
    #expect(Self.curve(100) { $0 < -4.5 ? 1 : 200 }.isHopeless)
    #expect(Self.curve(50) { $0 < -5 ? 1 : .infinity }.isHopeless)
    #expect(!Self.curve { _ in 1 }.isHopeless)
  }
}
