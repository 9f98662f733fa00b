import Foundation
import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct TestTimeAugmentationTests {
  private func trained(on images: ImageFolder, stem: ConvolutionStem? = nil) throws -> Model {
    var configuration = try DeterminismTests.configuration(images)
    configuration.stem = stem
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

    options.testTimeAugmentation = TestTimeAugmentation(passes: 4, policy: try model.trainingPolicy)
    let several = try model.predict([images.path], topK: 3, options: options)
    #expect(several.allSatisfy { abs($0.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-5 })
  }

  @Test(arguments: [nil, ConvolutionStem(channels: [4, 6])])
  func `The same seed gives the same probabilities for any number of threads`(stem: ConvolutionStem?) throws {
    let images = try ImageFolder()
    let model = try trained(on: images, stem: stem)
    var options = InferenceOptions()
    options.testTimeAugmentation = TestTimeAugmentation(passes: 3, policy: try model.trainingPolicy, seed: 5)
    let results = try [(1, 1), (2, 3), (4, 2)].map { workers, loaders in
      options.execution.workers = workers
      options.execution.loaders = loaders
      return try model.predict([images.path], topK: 3, options: options).map(\.ranked)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    options.testTimeAugmentation?.seed = 6
    #expect(try model.predict([images.path], topK: 3, options: options).map(\.ranked) != results[0])
  }

  @Test func `A file has the same variants whether its class is known or not`() throws {
    let images = try ImageFolder()
    let model = try trained(on: images)
    var options = InferenceOptions()
    options.testTimeAugmentation = TestTimeAugmentation(passes: 2, policy: try model.trainingPolicy)
    func scores(_ dataset: Dataset, labelled: Bool) throws -> [String: [Float]] {
      var scores: [String: [Float]] = [:]
      _ = try model.forEachOutcome(of: dataset, labelled: labelled, options: options) { outcome in
        guard case .scored(let sample, _, let values, _) = outcome else { return }
        scores[dataset.path(of: sample)] = Array(UnsafeBufferPointer(start: values, count: 3))
      }
      return scores
    }
    let evaluated = try scores(Dataset.scan(images.path), labelled: true)
    let predicted = try scores(Dataset.unlabelled([images.path]), labelled: false)
    #expect(evaluated.count == 36 && evaluated == predicted)
    // The image is predicted alone, and by another path.
    let path = "\(images.path)/class1/../class1/4.png"
    #expect(
      try scores(Dataset.unlabelled([path]), labelled: false)[path]
        == evaluated["\(images.path)/class1/4.png"])
  }

  @Test func `Variants are not what training drew`() throws {
    let images = try ImageFolder()
    let dataset = try Dataset.scan(images.path)
    let preprocessing = try Preprocessing(size: ImageSize(width: 10, height: 10), channels: .rgb)
    let policy = try AugmentationPolicy(parsing: "rotate:40, noise")
    let plans = try [DrawPurpose.training, .testTime].map { purpose in
      let loader = ImageLoader(
        dataset: dataset,
        loading: ImageLoading(preprocessing: preprocessing, policy: policy, purpose: purpose, seed: 1))
      return try (0..<dataset.count).map { sample in
        _ = try loader.row(of: sample, epoch: 0)
        return loader.lastPlan
      }
    }
    #expect(Set(plans[0]).isDisjoint(with: plans[1]))
  }

  @Test func `A policy of the model's that cannot be read any more is told`() throws {
    let images = try ImageFolder()
    let model = try trained(on: images)
    func copy(with recipe: [String: String]) -> Model {
      Model(
        network: model.network, classes: model.classes, preprocessing: model.preprocessing,
        parameters: model.parameters, recipe: recipe)
    }
    let error = #expect(throws: ConfigurationError.self) {
      try copy(with: ["augment": "oneof(rotate:10, flip)"]).trainingPolicy
    }
    #expect(error?.description.contains("oneof(rotate:10 | flip)") == true)
    #expect(try copy(with: [:]).trainingPolicy.isNone)
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
