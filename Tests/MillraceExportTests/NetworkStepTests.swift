import MillraceImages
import MillraceModels
import MillraceNetwork
import MillraceRandom
import Testing

@testable import MillraceExport

/// The steps of a network in use, one sample at a time, give what its layers give.
struct NetworkStepTests {
  @Test(arguments: ONNXExportTests.stems, [BatchNormalizationKind.none, .sync])
  func `Every stem`(stem: ConvolutionStem, normalization: BatchNormalizationKind) throws {
    for channels in [Channels.gray, .rgb] {
      // Scores are the outputs themselves.
      let model = try Model.fixture(
        hidden: [HiddenLayer(units: 6, activation: .maxout(pieces: 2))], batchNormalization: normalization,
        loss: .hinge, channels: channels, stem: stem, size: ONNXExportTests.size(for: stem))
      var random = KeyedRandom(seed: 8, purpose: .preview)
      let pixels = (0..<model.network.inputCount).map { _ in random.uniform(0, 255) }
      let normalization = model.preprocessing.normalization
      let places = pixels.count / channels.rawValue
      var values = pixels.enumerated().map { place, pixel in
        (pixel / 255 - normalization.mean[place / places]) / normalization.standardDeviation[place / places]
      }
      for step in try model.steps(of: model.parameters, format: .c) {
        try #require(values.count == step.inputCount)
        values = step.run(values)
        #expect(values.count == step.outputCount)
      }
      let expected = model.outputs(ofPixels: pixels)
      try #require(values.count == expected.count)
      let largest = expected.map(\.magnitude).max() ?? 0
      #expect(largest > 0.1)
      for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-5 * max(1, largest)) }
    }
  }
}
