import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// A network is measured on the images that it was trained on: decoded in the same way everywhere.
struct CanonicalDecodeTests {
  private let images: ImageFolder
  private let validation: ImageFolder

  init() throws {
    images = try ImageFolder(classes: 2, countPerClass: 6, side: 64)
    validation = try ImageFolder(classes: 2, countPerClass: 4, side: 61)
  }

  private var configuration: TrainingConfiguration {
    get throws {
      var configuration = TrainingConfiguration(data: images.path)
      configuration.validation = validation.path
      configuration.imageSize = ImageSize(width: 9, height: 9)
      configuration.hidden = [6]
      configuration.augment = try AugmentationPolicy(parsing: "crop:scale=0.2..0.6, flip")
      configuration.optimization.epochs = 2
      configuration.optimization.batchSize = 8
      return configuration
    }
  }

  @Test func `Training, validation, evaluation and previews decode images alike`() throws {
    let configuration = try configuration
    let preprocessing = try configuration.preprocessing()
    #expect(preprocessing.magnification == configuration.augment.magnification)
    let form = configuration.loading(preprocessing).canonicalForm
    #expect(configuration.validationLoading(preprocessing).canonicalForm == form)
    #expect(form.atLeast.width > 18)
    let output = try TemporaryFolder()
    let summary = try TrainingRun(configuration, output: output.path).train()
    let model = try Model(contentsOf: #require(summary.folder))
    #expect(model.preprocessing.magnification == configuration.augment.magnification)
    #expect(ImageLoading(preprocessing: model.preprocessing).canonicalForm.atLeast == form.atLeast)

    // The loss that the run has measured is also the loss of the model file.
    let measured = try #require(summary.best.validation?.mean)
    #expect(abs(try model.evaluate(validation.path).loss - measured) < 1e-6)
    let older = Model(
      network: model.network, classes: model.classes,
      preprocessing: try Preprocessing(
        size: model.preprocessing.size, channels: model.preprocessing.channels,
        normalization: model.preprocessing.normalization),
      parameters: model.parameters)
    #expect(abs(try older.evaluate(validation.path).loss - measured) > 1e-6)
  }

  @Test func `The originals of a preview are what evaluation sees`() throws {
    let output = try TemporaryFolder()
    let configuration = try configuration
    var preview = Preview()
    preview.count = 3
    preview.variants = 1
    let outcome = try preview.write(configuration, to: output.file("preview"))
    let dataset = try TrainingData(configuration).training
    let preprocessing = try configuration.preprocessing()
    let loader = ImageLoader(dataset: dataset, loading: ImageLoading(preprocessing: preprocessing))
    let decoder = ImageDecoder()
    for (place, sample) in Preview.samples(of: dataset, seed: configuration.seed).prefix(3).enumerated() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: outcome.images[place * 2])))
      let picture = try bytes.withUnsafeBytes { try decoder.decode($0, channels: .rgb, atLeast: nil).copy() }
      #expect(picture == Image(rendering: try loader.row(of: sample, epoch: 0), preprocessing: preprocessing))
    }
  }
}
