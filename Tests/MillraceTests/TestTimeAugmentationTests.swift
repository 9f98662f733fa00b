import Foundation
import Millrace
import Testing
import _MillraceTestSupport

struct TestTimeAugmentationTests {
  private func trained(on images: ImageFolder) throws -> Model {
    var configuration = try DeterminismTests.configuration(images)
    configuration.optimization.epochs = 6
    return try TrainingRun(configuration, output: nil).train().model
  }

  @Test func `Without variation it changes nothing, and with it probabilities are averaged`() throws {
    let images = try ImageFolder()
    let model = try trained(on: images)
    let plain = try model.evaluate(images.path)
    var options = InferenceOptions()
    options.testTimeAugmentation = TestTimeAugmentation(passes: 3, policy: .none)
    let same = try model.evaluate(images.path, options: options)
    #expect(same.count == plain.count && same.confusion == plain.confusion)
    #expect(abs(same.loss - plain.loss) < 1e-5)

    options.testTimeAugmentation = TestTimeAugmentation(passes: 4, policy: model.trainingPolicy)
    let several = try model.predict([images.path], topK: 3, options: options)
    #expect(several.allSatisfy { abs($0.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-5 })
  }

  @Test func `The same seed gives the same probabilities for any number of threads`() throws {
    let images = try ImageFolder()
    let model = try trained(on: images)
    var options = InferenceOptions()
    options.testTimeAugmentation = TestTimeAugmentation(passes: 3, policy: model.trainingPolicy, seed: 5)
    let results = try [(1, 1), (2, 3), (4, 2)].map { workers, loaders in
      options.execution.workers = workers
      options.execution.loaders = loaders
      return try model.predict([images.path], topK: 3, options: options).map(\.ranked)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    options.testTimeAugmentation?.seed = 6
    #expect(try model.predict([images.path], topK: 3, options: options).map(\.ranked) != results[0])
  }

  @Test(arguments: ["mixup:0.4", "cutmix:1", "mixup, cutmix"])
  func `Mixed minibatches train to the same bits for any number of threads`(mixing: String) throws {
    let images = try ImageFolder()
    var configuration = try DeterminismTests.configuration(images)
    configuration.augment = try AugmentationPolicy(parsing: "rotate:10, \(mixing)")
    configuration.loss = .hinge
    let models = try [(1, 1), (3, 2)].map { workers, loaders in
      configuration.execution.workers = workers
      configuration.execution.loaders = loaders
      return try TrainingRun(configuration, output: nil).train().model.parameters
    }
    let isSame = models[0] == models[1]
    #expect(isSame)
    configuration.augment = try AugmentationPolicy(parsing: "rotate:10")
    let isMixed = try TrainingRun(configuration, output: nil).train().model.parameters != models[0]
    #expect(isMixed)
  }
}
