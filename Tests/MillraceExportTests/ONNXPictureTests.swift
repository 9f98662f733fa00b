import MillraceImages
import MillraceModels
import MillraceNetwork
import SwiftProtobuf
import Testing
import _MillraceTestSupport

@testable import MillraceExport

/// A graph that takes a picture says of its pixels what `predict` says of its file.
struct ONNXPictureTests {
  /// Wide, high, square, as large as the input and smaller, of sides that no reduction divides, and of one pixel.
  static let sizes = [
    (97, 61), (61, 97), (131, 30), (7, 90), (64, 64), (9, 6), (5, 3), (1, 1), (1, 40), (40, 1),
  ].map { ImageSize(width: $0.0, height: $0.1) }

  /// The largest difference between the graph and `predict` over pictures of all sizes.
  private func difference(_ model: Model) throws -> Double {
    let folder = try TemporaryFolder()
    let file = try ONNXModelProto(serializedBytes: try model.onnx(input: .image))
    var worst = 0.0
    for (number, size) in Self.sizes.enumerated() {
      let picture = Pattern.image(number, width: size.width, height: size.height)
      let path = try folder.put(ImageEncoder.png(picture), at: "\(number).png")
      var evaluator = try ONNXEvaluator(file.graph)
      let found = try evaluator.run(
        ONNXTensor(
          shape: [size.height, size.width, 3], values: picture.pixels.map(Double.init), kind: .uint8))
      let expected = try model.probabilities(ofFile: path)
      #expect(found.shape == [1, 3])
      for (a, b) in zip(found.values, expected) {
        worst = max(worst, abs(a - Double(b)))
        #expect(abs(a - Double(b)) < 1e-5, "\(size)")
      }
    }
    return worst
  }

  @Test(arguments: PictureFit.allCases, Channels.allCases)
  func `Every fit, in colour and gray`(fit: PictureFit, channels: Channels) throws {
    let model = try Model.fixture(
      hidden: [HiddenLayer(units: 9)], channels: channels, size: ImageSize(width: 9, height: 6), fit: fit,
      background: [255, 204, 0])
    #expect(try difference(model) < 1e-5)
  }

  @Test(arguments: PictureFit.allCases) func `Pictures that are reduced less`(fit: PictureFit) throws {
    let model = try Model.fixture(
      hidden: [], size: ImageSize(width: 5, height: 11), fit: fit, background: [10, 20, 230],
      magnification: 1.7)
    #expect(try difference(model) < 1e-5)
  }

  @Test func `An ensemble that was calibrated`() throws {
    var model = try Model.fixture(
      hidden: [HiddenLayer(units: 9, activation: .maxout(pieces: 2))], batchNormalization: .sync
    ).joined(by: 2)
    model.temperature = 1.6
    #expect(try difference(model) < 1e-5)
  }

  @Test func `The file says that it takes a picture`() throws {
    let model = try Model.fixture(hidden: [])
    let file = try ONNXModelProto(serializedBytes: try model.onnx(input: .image))
    #expect(file.graph.input.map(\.name) == ["image"])
    let tensor = file.graph.input[0].type.tensorType
    #expect(Int(tensor.elemType) == ONNXTensorProto.DataType.uint8.rawValue)
    #expect(tensor.shape.dim.map(\.dimParam) == ["height", "width", ""] && tensor.shape.dim[2].dimValue == 3)
    let words = try #require(file.metadataProps.first { $0.key == ONNXFile.pixelsKey }?.value)
    for part in ["uint8 of (height, width, 3)", "EXIF", "(0, 0, 0)", "4 × 3"] {
      #expect(words.contains(part), "\(words)")
    }
    let names = file.graph.node.flatMap(\.output) + file.graph.initializer.map(\.name)
    #expect(Set(names).count == names.count)
    // Of all that is defined, each value is used.
    let used = Set(file.graph.node.flatMap(\.input) + file.graph.output.map(\.name))
    #expect(Set(names).subtracting(used).isEmpty, "\(Set(names).subtracting(used))")
  }
}
