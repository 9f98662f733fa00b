import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct BenchmarkTests {
  private func configuration(_ folder: ImageFolder) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [16]
    configuration.optimization.batchSize = 8
    configuration.execution.workers = 2
    configuration.execution.loaders = 3
    return configuration
  }

  private var brief: BenchmarkTiming {
    var timing = BenchmarkTiming()
    timing.seconds = 0.01
    timing.repetitions = 2
    timing.warmUp = 0
    return timing
  }

  @Test func aRateIsTheMedianAndTheEnds() {
    #expect(Rate([3, 9, 1]).median == 3)
    let rate = Rate([4, 1, 2, 8])
    #expect((rate.low, rate.median, rate.high) == (1, 3, 8))
  }

  @Test(arguments: [
    (1, [1]), (3, [1, 2, 3]), (4, [1, 2, 3, 4]), (8, [1, 2, 3, 4, 8]), (12, [1, 2, 3, 4, 8, 12]),
  ])
  func threadCountsGoUpToTheLast(most: Int, counts: [Int]) {
    #expect(BenchmarkTiming.threadCounts(upTo: most) == counts)
  }

  @Test func windowsAreCountedWithoutTheWarmUp() {
    var steps = 0
    var stepsBefore = -1
    let rate = brief.measure(
      {
        steps += 1
        return 5
      }, isWarm: { steps >= 10 }, didWarmUp: { stepsBefore = steps })
    #expect(stepsBefore >= 10 && steps >= stepsBefore + 2)
    #expect(rate.low > 0 && rate.low <= rate.median && rate.median <= rate.high)
  }

  @Test func loadingIsMeasuredForEachNumberOfLoaders() throws {
    var benchmark = LoaderBenchmark()
    benchmark.timing = brief
    let images = try ImageFolder()
    defer { withExtendedLifetime(images) {} }
    var configuration = configuration(images)
    configuration.execution.cache = .off
    let result = try benchmark.run(configuration)
    #expect(result.cache.images == 0)
    #expect(result.scaling.map(\.loaders) == [1, 2, 3] && result.loaders == 3)
    #expect(result.imagesPerSecond == result.scaling.last?.imagesPerSecond && result.badFiles == 0)
    #expect(result.stages.decode.microsecondsPerImage > 0)
    #expect(abs(result.stages.all.reduce(0) { $0 + $1.stage.share } - 1) < 1e-9)
    // The warm-up fills a cache.
    configuration.execution.cache = .auto
    let cached = try benchmark.run(configuration)
    #expect(cached.cache.images == cached.images && cached.stages.decode.microsecondsPerImage == 0)
  }

  @Test(arguments: ProductPrecision.allCases)
  func computingIsHeldAgainstPlainProducts(precision: ProductPrecision) throws {
    var benchmark = ComputeBenchmark()
    benchmark.timing = brief
    var configuration = TrainingConfiguration.plain("")
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [16, 12]
    configuration.precision = precision
    configuration.execution.workers = 2
    let result = try benchmark.run(configuration, classCount: 5)
    #expect(result.widths == [192, 16, 12, 5])
    #expect(result.flopsPerImage == Double(4 * 192 * 16 + 6 * 16 * 12 + 6 * 12 * 5))
    #expect(result.scaling.map(\.workers) == [1, 2])
    #expect(result.kernels.contains("bfloat16") == (precision == .bfloat16))
    for row in result.scaling {
      #expect(abs(row.gigaflops - row.imagesPerSecond * result.flopsPerImage * 1e-9) < 1e-6)
      #expect(abs(row.shareOfSGEMM - row.gigaflops / row.sgemmGigaflops) < 1e-9)
    }
  }

  @Test(arguments: ["none", "rotate:10, mixup:0.4"]) func wholeTrainingIsMeasured(policy: String) throws {
    var benchmark = TrainBenchmark()
    benchmark.timing = brief
    let images = try ImageFolder()
    defer { withExtendedLifetime(images) {} }
    var configuration = configuration(images)
    configuration.augment = try AugmentationPolicy(parsing: policy)
    let result = try benchmark.run(configuration)
    #expect(result.imagesPerSecond > 0 && result.workers == 2 && result.loaders == 3)
    #expect((0...1).contains(result.computeWait) && (0...1).contains(result.loaderWait))
    #expect(!result.verdict.isEmpty)
  }

  @Test func timesThatMeasureNothingAreRefused() {
    var timing = BenchmarkTiming()
    timing.seconds = 0
    #expect(throws: ConfigurationError.self) { try timing.validate() }
    timing = BenchmarkTiming()
    timing.repetitions = 0
    #expect(throws: ConfigurationError.self) { try timing.validate() }
  }
}
