import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// Training, evaluation, prediction and preview see the same pixels of pictures of another shape.
struct PictureFitJourneyTests {
  private let folder: TemporaryFolder

  /// Photographs of two shapes, some upright and some turned by EXIF.
  init() throws {
    folder = try TemporaryFolder()
    for label in 0..<2 {
      for number in 0..<8 {
        let image = Pattern.image(10 * label + number, width: number % 2 == 0 ? 60 : 30, height: 42)
        let bytes = number % 4 < 2 ? ImageEncoder.png(image) : try ImageEncoder.jpeg(image, quality: 95)
        _ = try folder.put(bytes, at: "data/class\(label)/\(number).\(number % 4 < 2 ? "png" : "jpg")")
      }
    }
  }

  private func configuration(_ fit: PictureFit, _ data: String? = nil) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(data ?? folder.file("data"))
    configuration.imageSize = ImageSize(width: 16, height: 12)
    configuration.fit = fit
    configuration.background = RGBColor("#204060") ?? .black
    configuration.hidden = [6]
    configuration.optimization.epochs = 1
    configuration.validationFraction = 0.25
    return configuration
  }

  @Test(arguments: PictureFit.allCases)
  func `The model keeps the fit, and everybody goes by it`(fit: PictureFit) throws {
    var configuration = configuration(fit)
    configuration.augment = try AugmentationPolicy(parsing: "crop:0.6..1, rotate:10, border:reflect")
    let summary = try TrainingRun(configuration, output: folder.file("runs"), name: fit.rawValue).train()
    let model = try Model(contentsOf: #require(summary.modelPath))
    #expect(model.preprocessing.fit == fit && model.preprocessing == summary.model.preprocessing)
    #expect(model.recipe["fit"] == fit.rawValue)

    // A pack gives the same as the folder.
    var packer = DatasetPacker(configuration)
    packer.contents = .pixels
    let pack = folder.file("\(fit.rawValue).pack")
    _ = try packer.write(to: pack)
    var again = self.configuration(fit, pack)
    again.augment = configuration.augment
    #expect(try TrainingRun(again, output: nil).train().model.parameters == model.parameters)

    // Evaluation and prediction agree on each file.
    var evaluated: [String: Float] = [:]
    _ = try model.evaluate(folder.file("data")) { evaluated[$0.path] = $0.confidence }
    #expect(evaluated.count == 16)
    for (path, confidence) in evaluated {
      let predicted = try model.predict([path])[0].ranked[0].probability
      // The sums of a single row are taken in another order.
      #expect(abs(predicted - confidence) < 1e-5, "\(path)")
    }

    // The preview's original shows what evaluation sees, to a level.
    let decoder = ImageDecoder()
    var preview = Preview()
    preview.count = 3
    preview.variants = 1
    let shown = try preview.write(configuration, to: folder.file("preview-\(fit.rawValue)"))
    let data = try TrainingData(configuration).training
    let loader = ImageLoader(dataset: data, loading: ImageLoading(preprocessing: model.preprocessing))
    for (place, sample) in Preview.samples(of: data, seed: configuration.seed).prefix(3).enumerated() {
      var row = [Float](repeating: 0, count: model.preprocessing.featureCount)
      try loader.load(sample: sample, epoch: 0, into: &row)
      let expected = Image(rendering: row, preprocessing: model.preprocessing)
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: shown.images[place * 2])))
      let found = try bytes.withUnsafeBytes {
        try decoder.decode($0, channels: .rgb, atLeast: nil).copy()
      }
      #expect(found.pixels.count == expected.pixels.count)
      let far = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
      #expect(far ?? 255 <= 1)
    }
  }

  @Test func `Each fit gives another model, and crop the usual one`() throws {
    let models = try PictureFit.allCases.map { fit in
      try TrainingRun(configuration(fit), output: nil).train().model.parameters
    }
    #expect(Set(models).count == 4)
    // The normalisation is measured on what the network sees.
    let images = SharedImages()
    for (fit, expected) in zip(PictureFit.allCases, models) {
      let run = try TrainingRun(configuration(fit), output: nil, name: nil, ranks: .alone, images: images)
      #expect(try run.train().model.parameters == expected)
    }
  }

  @Test func `check says what a crop cuts off`() throws {
    let cut = try #require(try DatasetCheck(configuration(.crop)).run().cutOff)
    // 60 × 42 loses a fifteenth to become 4:3, and 30 × 42 nearly half.
    let wide = 1 - (4.0 / 3) / (60.0 / 42)
    let tall = 1 - (30.0 / 42) / (4.0 / 3)
    #expect(abs((cut.mean ?? 0) - (wide + tall) / 2) < 1e-9)
    #expect(cut.images == 16 && cut.large == 8 && cut.isLarge)
    #expect(try DatasetCheck(configuration(.pad)).run().cutOff == nil)
  }
}
