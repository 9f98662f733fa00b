/// Why a model cannot be exported.
public enum ExportError: Error, Sendable, Hashable {
  /// The format has no room for so many bytes.
  case tooLarge(format: ExportFormat, byteCount: Int, limit: Int)
  /// The format has no form for a kind of layer.
  case unknownLayer(format: ExportFormat, name: String)
}

extension ExportError: CustomStringConvertible {
  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .tooLarge(let format, let byteCount, let limit):
      "the model takes \(byteCount) bytes and a file of the format \(format.rawValue) at most \(limit); "
        + "use the format safetensors"
    case .unknownLayer(let format, let name):
      "a layer of the kind '\(name)' has no form in the format \(format.rawValue); use the format safetensors"
    }
  }
}
