import Foundation
public import MillraceModels
import SwiftProtobuf

/// What an exported ONNX file looks like from outside.
public enum ONNXFile {
  /// The usual input: F32 of (batch, channels, height, width), gray or red, green and blue from 0 to 255, as they are after
  /// the image was brought to that size and before any normalisation. See ``ONNXInput`` for the other.
  public static let inputName = "pixels"
  /// The metadata that say in words how an image becomes the input.
  public static let pixelsKey = "millrace.pixels"
  /// The version of the operators: the first whose batch normalisation is as today.
  public static let operatorSet = 15
  /// The version of the format, that of the operators' release.
  public static let formatVersion = 8

  /// The output, F32 of (batch, classes): `probabilities`, or `scores` of a network whose outputs are none.
  public static func outputName(of model: Model) -> String {
    switch model.network.loss {
    case .crossEntropy, .binaryCrossEntropy: "probabilities"
    case .hinge, .squaredError: "scores"
    }
  }

  /// Protocol buffers end at 2 GiB; some is left for what is not weights.
  static let byteLimit = 2_147_483_647 - 1_048_576
}

extension Model {
  /// The model as the bytes of an ONNX file.
  ///
  /// The graph brings a picture to the network's pixels where it takes one, normalises, runs the network as in use (no dropout, running statistics), or every network of an ensemble,
  /// whose mean it takes, and ends in the probabilities that `predict` shows. Classes, preprocessing, network and recipe
  /// are in `metadata_props` as JSON, under the keys of the model file, and under ``ONNXFile/pixelsKey`` how an image
  /// becomes the input, in words.
  /// Source: https://onnx.ai/onnx/repo-docs/IR.html.
  ///
  /// - Parameter input: What the graph takes.
  /// - Throws: ``ExportError``.
  public func onnx(input: ONNXInput = .pixels) throws -> [UInt8] {
    let byteCount = 4 * parameters.count * members.count
    guard byteCount <= ONNXFile.byteLimit else {
      throw ExportError.tooLarge(format: .onnx, byteCount: byteCount, limit: ONNXFile.byteLimit)
    }
    return Array(try onnxModel(of: input).serializedData() as Data)
  }

  func onnxModel(of input: ONNXInput) throws -> ONNXModelProto {
    var operators = ONNXOperatorSetIdProto()
    operators.domain = ""
    operators.version = Int64(ONNXFile.operatorSet)
    var file = ONNXModelProto()
    file.irVersion = Int64(ONNXFile.formatVersion)
    file.producerName = "millrace"
    file.opsetImport = [operators]
    file.graph = try onnxGraph(of: input)
    // Sorted, so that the same model gives the same bytes.
    let texts = try metadata().merging([ONNXFile.pixelsKey: preprocessing.inWords(input)]) { $1 }
    file.metadataProps = texts.sorted { $0.key < $1.key }.map { key, value in
      var entry = ONNXStringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
    return file
  }
}
