import MillraceModels
import Testing

struct McNemarTestTests {
  /// The sums of binomial coefficients computed by hand: 2 · (1 + 8) / 2⁸ and so on.
  @Test(arguments: [
    (0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (7, 1, 0.0703125), (8, 1, 0.0390625), (1, 8, 0.0390625),
    (4, 4, 1.0), (12, 4, 0.0768127),
  ]) func `The probability is that of as many heads of a coin`(first: Int, second: Int, expected: Double) {
    let probability = McNemarTest(onlyFirst: first, onlySecond: second).probability
    #expect(abs(probability - expected) < 1e-6)
  }

  @Test func `Only the first can be better, and only by more than chance explains`() {
    #expect(McNemarTest(onlyFirst: 6, onlySecond: 0).firstIsBetter())
    #expect(!McNemarTest(onlyFirst: 5, onlySecond: 0).firstIsBetter())
    #expect(!McNemarTest(onlyFirst: 0, onlySecond: 6).firstIsBetter())
    #expect(!McNemarTest(onlyFirst: 0, onlySecond: 0).firstIsBetter())
    // These are 2 / 2⁶ and 2 / 2⁸, at a level of 1 %.
    #expect(!McNemarTest(onlyFirst: 6, onlySecond: 0).firstIsBetter(at: 0.01))
    #expect(McNemarTest(onlyFirst: 8, onlySecond: 0).firstIsBetter(at: 0.01))
  }

  @Test func `Samples are counted that only one takes wrong`() {
    let test = McNemarTest(wrongOfFirst: [1, 4, 9], wrongOfSecond: [2, 3, 4, 7, 8])
    #expect(test == McNemarTest(onlyFirst: 4, onlySecond: 2))
  }

  @Test func `Thousands of samples are no trouble`() {
    let test = McNemarTest(onlyFirst: 50_500, onlySecond: 49_500)
    // √n is 316, so the difference is 3.16 deviations.
    #expect(test.probability > 0.0015 && test.probability < 0.0017)
    #expect(McNemarTest(onlyFirst: 50_000, onlySecond: 50_000).probability == 1)
  }
}
