import MillraceImages
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct LearningRateRangeTests {
  @Test func `The curve is the same bits for any number of threads, and finds where learning is quickest`()
    throws
  {
    let images = try ImageFolder(countPerClass: 20)
    var configuration = TrainingConfiguration(data: images.path)
    configuration.imageSize = ImageSize(width: 10, height: 10)
    configuration.hidden = [16]
    configuration.optimization.batchSize = 10
    var test = LearningRateRange()
    test.steps = 150
    var first: LearningRateCurve?
    for workers in [1, 3] {
      configuration.execution.workers = workers
      configuration.execution.loaders = workers
      var told = 0
      let curve = try test.run(configuration) { told = $0 }
      #expect(told == curve.points.count && curve == first ?? curve)
      first = curve
    }
    let curve = try #require(first)
    let suggestion = try #require(curve.suggestion)
    // The usual rate for this many inputs is 0.05; far from it nothing is learned.
    #expect(suggestion > 1e-4 && suggestion < 1)
    #expect(curve.points.count < 150 && curve.isHopeless || curve.points.last?.rate ?? 0 > 0.5)
  }

  @Test func `What observes it can stop it`() throws {
    let images = try ImageFolder()
    var configuration = TrainingConfiguration(data: images.path)
    configuration.hidden = [8]
    #expect(throws: StopAtEvent.Stop.self) {
      try LearningRateRange().run(configuration) { if $0 == 3 { throw StopAtEvent.Stop() } }
    }
    var few = LearningRateRange()
    few.steps = 3
    #expect(throws: ConfigurationError.self) { try few.run(configuration) { _ in } }
  }
}
