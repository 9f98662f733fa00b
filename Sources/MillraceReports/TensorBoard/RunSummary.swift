import Foundation
import MillraceTraining
import SwiftProtobuf

/// What TensorBoard shows of a whole run: its configuration as text, and its settings beside those of other runs.
enum RunSummary {
  // These are the tags and the version that the HParams plugin looks for.
  // Source: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/plugins/hparams/metadata.py.
  private static let startTag = "_hparams_/session_start_info"
  private static let endTag = "_hparams_/session_end_info"

  /// Every setting, as a table in Markdown.
  static func configuration(_ configuration: TrainingConfiguration) -> TensorBoardSummary.Value {
    let rows = configuration.resolvedSettings.map { setting in
      "| \(setting.key) | \(setting.text.replacing("\\", with: "\\\\").replacing("|", with: "\\|")) |"
    }
    let table = (["| setting | value |", "|---|---|"] + rows).joined(separator: "\n")
    var value = TensorBoardSummary.Value()
    value.tag = "configuration"
    value.metadata.pluginData.pluginName = "text"
    value.tensor.dtype = .dtString
    value.tensor.tensorShape = shape(1)
    value.tensor.stringVal = [Data(table.utf8)]
    return value
  }

  /// The settings that affect the model; numeric ones are stored as numbers.
  ///
  /// - Parameters:
  ///   - configuration: The run's configuration.
  ///   - time: Seconds since 1970.
  static func start(_ configuration: TrainingConfiguration, at time: Double) throws
    -> TensorBoardSummary.Value
  {
    var data = TensorBoardHParamsPluginData()
    data.sessionStartInfo.startTimeSecs = time
    data.sessionStartInfo.hparams = configuration.recipe.mapValues { text in
      switch text {
      case "true", "false": Google_Protobuf_Value(boolValue: text == "true")
      default:
        if let number = Double(text), number.isFinite {
          Google_Protobuf_Value(numberValue: number)
        } else {
          Google_Protobuf_Value(stringValue: text)
        }
      }
    }
    return try hparams(startTag, data)
  }

  /// The mark of a finished run.
  ///
  /// - Parameter time: Seconds since 1970.
  static func end(at time: Double) throws -> TensorBoardSummary.Value {
    var data = TensorBoardHParamsPluginData()
    data.sessionEndInfo.status = .success
    data.sessionEndInfo.endTimeSecs = time
    return try hparams(endTag, data)
  }

  private static func hparams(_ tag: String, _ data: TensorBoardHParamsPluginData) throws
    -> TensorBoardSummary.Value
  {
    var value = TensorBoardSummary.Value()
    value.tag = tag
    value.metadata.pluginData.pluginName = "hparams"
    value.metadata.pluginData.content = try data.serializedData()
    // The plugin reads only the metadata, but a value without a tensor would be dropped.
    value.tensor.dtype = .dtFloat
    value.tensor.tensorShape = shape(0)
    return value
  }

  /// The shape of a vector.
  private static func shape(_ size: Int) -> TensorBoardTensorShapeProto {
    var dimension = TensorBoardTensorShapeProto.Dim()
    dimension.size = Int64(size)
    var shape = TensorBoardTensorShapeProto()
    shape.dim = [dimension]
    return shape
  }
}
