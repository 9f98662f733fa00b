import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

/// Pictures in memory are named as files are.
struct ClassifierTests {
  private let folder: TemporaryFolder

  /// Photographs of two shapes, large enough to be reduced while they are decoded.
  init() throws {
    folder = try TemporaryFolder()
    for label in 0..<2 {
      for number in 0..<8 {
        let image = Pattern.image(10 * label + number, width: number % 2 == 0 ? 90 : 33, height: 70)
        let bytes = number % 4 < 2 ? ImageEncoder.png(image) : try ImageEncoder.jpeg(image, quality: 95)
        _ = try folder.put(bytes, at: "data/class\(label)/\(number).\(number % 4 < 2 ? "png" : "jpg")")
      }
    }
  }

  private func model(_ channels: Channels, _ fit: PictureFit) throws -> Model {
    var configuration = TrainingConfiguration.plain(folder.file("data"))
    configuration.imageSize = ImageSize(width: 16, height: 12)
    configuration.channels = channels
    configuration.fit = fit
    configuration.background = RGBColor("#204060") ?? .black
    configuration.hidden = [6]
    configuration.optimization.epochs = 2
    return try TrainingRun(configuration, output: nil).train().model
  }

  @Test(arguments: Channels.allCases, [PictureFit.crop, .pad])
  func `What is in memory is named as what is in a file`(channels: Channels, fit: PictureFit) throws {
    let model = try model(channels, fit)
    let classifier = Classifier(model)
    let decoder = ImageDecoder()
    let predictions = try model.predict([folder.file("data")], topK: 2)
    #expect(predictions.count == 16 && Set(predictions.map { $0.ranked[0].probability }).count > 8)
    for prediction in predictions {
      func expectSame(_ ranked: [RankedClass]) {
        #expect(ranked.map(\.name) == prediction.ranked.map(\.name))
        // The sums of a single row are cut otherwise.
        for (one, other) in zip(ranked, prediction.ranked) {
          #expect(abs(one.probability - other.probability) < 1e-5, "\(prediction.path)")
        }
      }
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: prediction.path)))
      expectSame(try classifier.predict(encoded: bytes, topK: 2))
      // Of a JPEG file the pixels depend on how far it is reduced while it is decoded.
      guard prediction.path.hasSuffix(".png") else { continue }
      let image = try bytes.withUnsafeBytes { try decoder.decode($0, channels: .rgb).copy() }
      expectSame(try classifier.predict(image, topK: 2))
      #expect(try classifier.predict([image, image], topK: 2).count == 2)
    }
  }

  @Test func `Gray pixels are those of a gray file, in a model of colour, too`() throws {
    let classifier = Classifier(try model(.rgb, .crop))
    let gray = Image(width: 40, height: 30, channels: .gray, pixels: (0..<1200).map { UInt8($0 % 251) })
    let fromFile = try classifier.probabilities(ofEncoded: ImageEncoder.png(gray))
    #expect(try classifier.probabilities(of: gray) == fromFile && fromFile.count == 2)
  }

  @Test func `Many threads get what one gets`() throws {
    let classifier = Classifier(try model(.rgb, .crop))
    let images = (0..<32).map { Pattern.image($0, width: 50, height: 40) }
    let alone = try images.map(classifier.probabilities(of:))
    #expect(Set(alone).count > 16)
    let results = ResultsByPlace(count: images.count)
    DispatchQueue.concurrentPerform(iterations: images.count) { place in
      results.put((try? classifier.probabilities(of: images[place])) ?? [], at: place)
    }
    #expect(results.all == alone)
  }

  @Test func `Bytes that are no picture are refused in words`() throws {
    let classifier = Classifier(try model(.rgb, .crop))
    let error = #expect(throws: ImageError.self) {
      try classifier.predict(encoded: Array("GIF89a, says the file".utf8))
    }
    #expect(error?.description.contains("GIF") == true)
    // What went wrong before does not matter to what comes after.
    #expect(try classifier.predict(Pattern.image(1, width: 20, height: 20)).count == 1)
  }

  /// Results of threads.
  private final class ResultsByPlace: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [[Float]]

    init(count: Int) { results = Array(repeating: [], count: count) }

    var all: [[Float]] { lock.withLock { results } }
    func put(_ result: [Float], at place: Int) { lock.withLock { results[place] = result } }
  }
}
