import Foundation
import MillraceImages
import MillraceNetwork
import MillraceThreads
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct ExplanationTests {
  @Test(arguments: [
    ImageSize(width: 1, height: 1), ImageSize(width: 2, height: 9), ImageSize(width: 12, height: 12),
    ImageSize(width: 28, height: 28), ImageSize(width: 64, height: 40),
  ])
  func `Squares of both sizes cover every pixel, and lie on the picture`(size: ImageSize) {
    let plan = OcclusionPlan(size)
    for (columns, rows) in plan.covers {
      #expect(!columns.isEmpty && !rows.isEmpty)
      #expect(columns.lowerBound >= 0 && columns.upperBound <= size.width)
      #expect(rows.lowerBound >= 0 && rows.upperBound <= size.height)
    }
    // What every pixel of every square takes away alike is alike.
    let relevance = plan.relevance(plan.covers.map { Float($0.columns.count * $0.rows.count) })
    #expect(relevance.count == size.width * size.height)
    #expect(relevance.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  /// A linear classifier that goes by a block of a picture of 12 × 12 alone.
  private func blockModel() throws -> Model {
    let network = NetworkConfiguration(inputCount: 144, hidden: [], outputCount: 2)
    var parameters = [Float](repeating: 0, count: Network(network).parameterCount)
    for y in 2..<6 { for x in 6..<10 { parameters[y * 12 + x] = 0.5 } }
    return Model(
      network: network, classes: ["block", "none"],
      preprocessing: try Preprocessing(size: ImageSize(width: 12, height: 12), channels: .gray),
      parameters: parameters)
  }

  private func explain(_ model: Model, _ row: [Float], workers: Int = 1) throws -> Explanation {
    let team = try WorkerTeam(count: workers, name: "test")
    defer { team.shutdown() }
    return try Explainer(model, options: InferenceOptions(), team: team).explain(row)
  }

  @Test func `What the class was taken for is marked, and nothing else counts`() throws {
    let model = try blockModel()
    // Bright in the block and in another corner, which says nothing.
    let row = (0..<144).map { place -> Float in
      let (x, y) = (place % 12, place / 12)
      return (2..<6).contains(y) && (6..<10).contains(x) || y > 9 && x < 3 ? 1 : 0
    }
    let explanation = try explain(model, row)
    #expect(explanation.className == "block" && explanation.probability > 0.99)
    let strongest = explanation.relevance.max() ?? 0
    #expect(explanation.relevance[3 * 12 + 7] > 0.7 * strongest)
    // No square that covers the far corner covers anything of the block.
    #expect(abs(explanation.relevance[11 * 12]) < 1e-6)
    let marked = Explanation.marked(explanation.relevance)
    #expect(marked.count { $0 } == 14)
    for place in marked.indices where marked[place] {
      #expect((2..<6).contains(place / 12) && (6..<10).contains(place % 12), "\(place % 12), \(place / 12)")
    }
    // 14 of 16 pixels of the block are covered with the picture's mean.
    let mean: Float = 22 / 144
    let expected = 1 / (1 + exp(-(0.5 * (2 + 14 * mean))))
    #expect(abs(explanation.coveredProbability - expected) < 1e-4)
    #expect(explanation.elsewhereProbability > explanation.coveredProbability)
    #expect(explanation.picture.pixels[3 * 12 + 7] == 255 && explanation.picture.pixels[0] == 0)
    // Side by side, enlarged by a whole factor: red where it spoke for the class.
    let image = explanation.image
    #expect(image.height == 264 && image.width == 2 * 264 + 8 && image.channels == .rgb)
    let pixel = ((3 * 22 + 11) * image.width + 272 + 7 * 22 + 11) * 3
    #expect(Int(image.pixels[pixel]) > Int(image.pixels[pixel + 2]) + 100)
  }

  @Test func `What speaks against the class is below nought`() throws {
    var parameters = try blockModel().parameters
    for x in 0..<3 { for y in 9..<12 { parameters[144 + y * 12 + x] = 0.3 } }
    let plain = try blockModel()
    let model = Model(
      network: plain.network, classes: plain.classes, preprocessing: plain.preprocessing,
      parameters: parameters)
    let explanation = try explain(
      model, (0..<144).map { place in place % 12 < 3 && place / 12 > 8 || place % 12 > 5 ? 1 : 0 })
    #expect(explanation.className == "block")
    #expect(explanation.relevance[10 * 12 + 1] < 0 && explanation.relevance[3 * 12 + 7] > 0)
  }

  @Test(arguments: [nil, ConvolutionStem(channels: [8, 16])])
  func `A trained model's probability falls where the marked part is covered, for any number of workers`(
    stem: ConvolutionStem?
  ) throws {
    let folder = try ImageFolder(countPerClass: 20)
    var configuration = TrainingConfiguration.plain(folder.path)
    configuration.imageSize = ImageSize(width: 12, height: 12)
    (configuration.stem, configuration.hidden) = (stem, stem == nil ? [16] : [])
    configuration.batchNormalization = stem == nil ? .none : .sync
    configuration.optimization.epochs = 15
    configuration.trainOnEverything()
    configuration.ensemble = 2
    let model = try EnsembleRun(configuration, output: nil).train().model
    func explanations(_ workers: Int) throws -> [Explanation] {
      var options = InferenceOptions()
      options.explains = true
      options.execution.workers = workers
      let stream = try PredictionStream(model, options: options)
      var found: [Explanation] = []
      try stream.predict([folder.path]) { found.append(try #require(try $0.get().explanation)) }
      return found
    }
    let alone = try explanations(1)
    #expect(alone.count == 60)
    func mean(_ value: (Explanation) -> Float) -> Float { alone.reduce(0) { $0 + value($1) } / 60 }
    let (plain, covered, elsewhere) = (
      mean { $0.probability }, mean { $0.coveredProbability }, mean { $0.elsewhereProbability }
    )
    if stem == nil {
      // So few steps teach convolutions little.
      #expect(plain > elsewhere && elsewhere > covered + 0.02, "\(plain), \(covered), \(elsewhere)")
    }
    let more = try explanations(3)
    #expect(zip(alone, more).allSatisfy { $0.relevance == $1.relevance && $0.className == $1.className })
  }
}
