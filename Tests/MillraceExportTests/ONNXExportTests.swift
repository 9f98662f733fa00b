import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillraceRandom
import SwiftProtobuf
import Testing

@testable import MillraceExport

/// The exported graph, read back from its bytes and evaluated by another evaluator, gives what the network gives.
struct ONNXExportTests {
  /// The largest difference between the graph and the network over random pixels, in units of the largest output.
  private func difference(_ model: Model) throws -> Double {
    let preprocessing = model.preprocessing
    let shape = [
      7, preprocessing.channels.rawValue, preprocessing.size.height, preprocessing.size.width,
    ]
    var random = KeyedRandom(seed: 8, purpose: .preview)
    let pixels = (0..<shape.reduce(1, *)).map { _ in random.uniform(0, 255) }
    let file = try ONNXModelProto(serializedBytes: try model.onnx())
    var evaluator = try ONNXEvaluator(file.graph)
    let found = try evaluator.run(ONNXTensor(shape: shape, values: pixels.map(Double.init)))
    let expected = model.outputs(ofPixels: pixels)
    #expect(found.shape == [7, 3] && expected.count == 21)
    let largest = expected.map { Double($0.magnitude) }.max() ?? 0
    #expect(largest > 0.3)
    return zip(found.values, expected).map { abs($0 - Double($1)) }.max()! / largest
  }

  @Test(
    arguments: ActivationKind.allCases.map { HiddenActivation.elementwise($0) } + [.maxout(pieces: 3)],
    [BatchNormalizationKind.none, .sync])
  func `Every activation and normalisation`(
    activation: HiddenActivation, normalization: BatchNormalizationKind
  ) throws {
    let hidden = [HiddenLayer(units: 9, activation: activation, dropout: 0.5), HiddenLayer(units: 6)]
    #expect(try difference(.fixture(hidden: hidden, batchNormalization: normalization)) < 3e-6)
  }

  /// Stems of every kind, on pictures whose sides leave rests.
  static let stems: [ConvolutionStem] = PoolingKind.allCases.flatMap { pooling in
    ConvolutionStem.Head.allCases.flatMap { head in
      [(3, 1, 1), (5, 1, 2), (2, 2, 0)].map { kernel, stride, padding in
        var stem = ConvolutionStem(channels: [5, 9])
        (stem.pooling, stem.head, stem.dropout) = (pooling, head, 0.3)
        (stem.kernel, stem.stride, stem.padding) = (kernel, stride, padding)
        if kernel == 3 { stem.depth = 2 }
        if kernel == 5 { stem.activation = .gelu }
        return stem
      }
    }
  }

  /// Pictures that are as small as leaves something of them.
  static func size(for stem: ConvolutionStem) -> ImageSize {
    stem.stride == 1 ? ImageSize(width: 9, height: 7) : ImageSize(width: 17, height: 19)
  }

  @Test(arguments: stems, [BatchNormalizationKind.none, .sync])
  func `Every stem`(stem: ConvolutionStem, normalization: BatchNormalizationKind) throws {
    for channels in [Channels.gray, .rgb] {
      for hidden in [[], [HiddenLayer(units: 6, dropout: 0.2)]] {
        let model = try Model.fixture(
          hidden: hidden, batchNormalization: normalization, channels: channels, stem: stem,
          size: Self.size(for: stem))
        #expect(try difference(model) < 1e-5)
      }
    }
  }

  @Test(arguments: LossKind.allCases.flatMap { loss in loss.outputs.map { (loss, $0) } })
  func `Every loss and output`(loss: LossKind, output: OutputKind) throws {
    let model = try Model.fixture(
      hidden: [HiddenLayer(units: 9)], loss: loss, output: output, channels: .gray)
    #expect(try difference(model) < 3e-6)
  }

  @Test(arguments: LossKind.allCases) func `The graph of an ensemble takes the mean`(loss: LossKind) throws {
    let one = try Model.fixture(
      hidden: [HiddenLayer(units: 9, activation: .maxout(pieces: 2)), HiddenLayer(units: 5)],
      batchNormalization: .sync, loss: loss)
    let ensemble = one.joined(by: 2)
    #expect(try difference(ensemble) < 3e-6)
    let file = try ONNXModelProto(serializedBytes: try ensemble.onnx())
    #expect(file.graph.node.last?.opType == "Mean" && file.graph.node.last?.input.count == 3)
    let names = file.graph.node.flatMap(\.output) + file.graph.initializer.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(file.graph.output.map(\.name) == [ONNXFile.outputName(of: one)])
  }

  @Test(arguments: [0, 2]) func `The graph of a calibrated model has its temperature`(others: Int) throws {
    var model = try Model.fixture(hidden: [HiddenLayer(units: 9)])
    if others > 0 { model = model.joined(by: others) }
    for temperature in [0.4, 1.7] {
      model.temperature = temperature
      #expect(try difference(model) < 3e-6)
    }
    let file = try ONNXModelProto(serializedBytes: try model.onnx())
    #expect(file.metadataProps.contains { $0.key == "millrace.temperature" && $0.value == "1.7" })
    #expect(file.graph.node.last?.output == ["probabilities"])
  }

  @Test func `The file says what goes in, what comes out and what it means`() throws {
    let model = try Model.fixture(hidden: [])
    let bytes = try model.onnx()
    #expect(try model.onnx() == bytes)
    let file = try ONNXModelProto(serializedBytes: bytes)
    #expect(file.irVersion == 8 && file.opsetImport.map(\.version) == [15])
    func shape(_ value: ONNXValueInfoProto) -> [String] {
      value.type.tensorType.shape.dim.map { dimension in
        switch dimension.value {
        case .dimParam(let name)?: name
        case .dimValue(let size)?: String(size)
        case nil: "none"
        }
      }
    }
    #expect(file.graph.input.map(\.name) == ["pixels"] && file.graph.output.map(\.name) == ["probabilities"])
    #expect(shape(file.graph.input[0]) == ["batch", "3", "3", "4"])
    #expect(shape(file.graph.output[0]) == ["batch", "3"])
    let metadata = Dictionary(uniqueKeysWithValues: file.metadataProps.map { ($0.key, $0.value) })
    let classes = try JSONDecoder().decode(
      [String].self, from: Data((metadata["millrace.classes"] ?? "").utf8))
    #expect(classes == model.classes)
    #expect(metadata["millrace.preprocessing"]?.contains("\"mean\":[0.5,0.4") == true)
  }
}
