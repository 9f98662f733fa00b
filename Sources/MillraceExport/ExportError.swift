/// Why a model cannot be exported.
public enum ExportError: Error, Sendable, Hashable {
  /// The format has no room for so many bytes.
  case tooLarge(format: ExportFormat, byteCount: Int, limit: Int)
  /// The format has no form for a kind of layer.
  case unknownLayer(format: ExportFormat, name: String)
  /// Some weights are infinite or no numbers, which the format cannot say.
  case notFinite(format: ExportFormat)
  /// The file's name is none that the format can have.
  case unusableName(path: String)
  /// A file is there that would be written.
  case exists(path: String)
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
    case .notFinite(let format):
      "some weights are infinite or not numbers, which the format \(format.rawValue) cannot express; train the model again"
    case .unusableName(let path):
      "\(path): a C file must have a name that ends with .c, without quotation marks, backslashes, question marks and "
        + "asterisks; choose another name"
    case .exists(let path):
      "\(path): exists already; replace it by asking for it, or choose another name"
    }
  }
}
