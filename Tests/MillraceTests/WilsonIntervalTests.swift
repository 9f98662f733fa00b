import MillraceModels
import Testing

struct WilsonIntervalTests {
  /// The values of `scipy.stats.binomtest(k, n).proportion_ci(method="wilson")`.
  @Test(arguments: [
    (0, 10, 0.0, 0.27753279986288926), (1, 10, 0.017876213095072896, 0.4041500267952385),
    (10, 10, 0.7224672001371109, 1.0), (34, 34, 0.8984854458466762, 1.0),
    (27, 34, 0.632016119488364, 0.8965047310096808), (5, 9, 0.2666512934954931, 0.8112214789023354),
    (9920, 10000, 0.9900551956544512, 0.9935669499488029), (1, 1, 0.20654931437723745, 1.0),
    (363, 409, 0.85323551676444, 0.9146137222764478),
  ])
  func `Its ends are SciPy's`(successes: Int, trials: Int, lower: Double, upper: Double) throws {
    let interval = try #require(WilsonInterval(successes: successes, of: trials))
    #expect(abs(interval.lower - lower) < 1e-12 && abs(interval.upper - upper) < 1e-12)
  }

  @Test func `Of no trials nothing is known`() {
    #expect(WilsonInterval(successes: 0, of: 0) == nil)
    #expect(WilsonInterval(successes: 3, of: 2) == nil)
  }
}
