import Foundation
import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// What the last hidden layer makes of images, and which images it finds alike.
struct FeatureIndexTests {
  private let folder: ImageFolder
  private let dataset: Dataset

  init() throws {
    folder = try ImageFolder(countPerClass: 10)
    dataset = try Dataset.scan(folder.path)
  }

  private func model(_ change: (inout TrainingConfiguration) -> Void) throws -> Model {
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 8, height: 8)
    configuration.hidden = [7, 5]
    configuration.optimization.epochs = 2
    configuration.trainOnEverything()
    change(&configuration)
    return configuration.isEnsemble
      ? try EnsembleRun(configuration, output: nil).train().model
      : try TrainingRun(configuration, output: nil).train().model
  }

  private func predictions(_ model: Model) throws -> [Prediction] {
    var options = InferenceOptions()
    options.givesFeatures = true
    var predictions: [Prediction] = []
    try model.predict([folder.path], topK: 3, options: options) { predictions.append(try $0.get()) }
    return predictions
  }

  @Test(arguments: ["plain", "normalised", "maxout", "linear", "ensemble", "stem", "flat stem"])
  func `The last layer makes the probabilities of the features`(kind: String) throws {
    let model = try model { configuration in
      switch kind {
      case "normalised": (configuration.batchNormalization, configuration.dropout) = (.sync, [0.3])
      case "maxout": configuration.activations = [.maxout(pieces: 2)]
      case "linear": configuration.hidden = []
      case "ensemble": configuration.ensemble = 2
      case "stem", "flat stem":
        (configuration.stem, configuration.hidden) = (ConvolutionStem(channels: [4, 6]), [])
        configuration.batchNormalization = .sync
        if kind == "flat stem" { configuration.stem?.head = .flatten }
      default: break
      }
    }
    let width = ["linear": 3 * 8 * 8, "stem": 6, "flat stem": 6 * 2 * 2][kind] ?? 5
    #expect(model.featureCount == width * model.members.count)
    for prediction in try predictions(model) {
      let features = try #require(prediction.features)
      var expected = [Float](repeating: 0, count: 3)
      for (number, parameters) in model.members.enumerated() {
        // The last layer's weights, a row a class, then its biases.
        let last = parameters.suffix(3 * width + 3)
        let own = features[number * width..<(number + 1) * width]
        let sums = (0..<3).map { label in
          let row = last.dropFirst(label * width).prefix(width)
          return zip(row, own).reduce(last.suffix(3)[last.endIndex - 3 + label]) { $0 + $1.0 * $1.1 }
        }
        let powers = sums.map { exp($0 - (sums.max() ?? 0)) }
        for label in 0..<3 {
          expected[label] += powers[label] / powers.reduce(0, +) / Float(model.members.count)
        }
      }
      for ranked in prediction.ranked {
        let label = try #require(model.classes.firstIndex(of: ranked.name))
        #expect(abs(expected[label] - ranked.probability) < 1e-5)
      }
    }
  }

  @Test(arguments: [1, 2]) func `The nearest have the largest cosines`(networks: Int) throws {
    let model = try model { $0.ensemble = networks }
    let predictions = try predictions(model)
    let index = try FeatureIndex(model, of: dataset)
    #expect(index.count == 30 && index.skipped.isEmpty)
    func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
      func dot(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Float {
        zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let lengths = (dot(a, a) * dot(b, b)).squareRoot()
      return lengths > 0 ? dot(a, b) / lengths : 0
    }
    for prediction in predictions.prefix(8) {
      let own = try #require(prediction.features)
      let all = predictions.filter { $0.path != prediction.path }.map { other -> Float in
        let features = other.features ?? []
        return (0..<networks).reduce(0) { sum, number in
          let range = number * 5..<(number + 1) * 5
          return sum + cosine(own[range], features[range]) / Float(networks)
        }
      }
      let nearest = index.nearest(4, to: prediction)
      #expect(nearest.count == 4 && !nearest.contains { $0.path == prediction.path })
      for (neighbor, expected) in zip(nearest, all.sorted(by: >)) {
        #expect(abs(neighbor.similarity - expected) < 1e-5)
        #expect(neighbor.path.contains("/\(neighbor.className)/"))
      }
    }
    #expect(index.nearest(100, to: predictions[0]).count == 29)
    // A file of its own that shows the same is as near as can be.
    let copy = try TemporaryFolder()
    // One that some unit of each network answers to.
    let lit = try #require(
      predictions.first { prediction in
        (0..<networks).allSatisfy { number in
          prediction.features?[number * 5..<(number + 1) * 5].contains { $0 > 0 } ?? false
        }
      })
    let path = try copy.put([UInt8](Data(contentsOf: URL(fileURLWithPath: lit.path))), at: "x")
    var options = InferenceOptions()
    options.givesFeatures = true
    let same = try model.predict([path], options: options)[0]
    let nearest = index.nearest(30, to: same)
    #expect(nearest.contains { $0.path == lit.path && abs($0.similarity - 1) < 1e-5 })
    #expect(abs((nearest.first?.similarity ?? 0) - 1) < 1e-5)
  }

  @Test func `Features are the same for any number of workers, and not given of varied images`() throws {
    let model = try model { _ in }
    var options = InferenceOptions()
    options.givesFeatures = true
    options.execution.workers = 1
    let alone = try model.predict([folder.path], options: options).map(\.features)
    options.execution.workers = 3
    options.execution.loaders = 4
    #expect(try model.predict([folder.path], options: options).map(\.features) == alone)
    #expect(try model.predict([folder.path]).allSatisfy { $0.features == nil })
    options.testTimeAugmentation = TestTimeAugmentation(
      passes: 2, policy: try AugmentationPolicy(parsing: "flip"))
    #expect(throws: ConfigurationError.self) { try model.predict([folder.path], options: options) }
  }
}
