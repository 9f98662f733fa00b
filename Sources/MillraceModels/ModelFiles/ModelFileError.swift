/// Why a model file cannot be used.
///
/// Each message is one line that names the file, what was found, what was expected and what to do.
public enum ModelFileError: Error, Sendable, Equatable {
  /// There is no such file.
  case notFound(path: String)
  /// The system did not allow the file to be read; `reason` is its message.
  case unreadable(path: String, reason: String)
  /// The file's bytes are not a whole, consistent model file.
  case damaged(path: String, found: String, expected: String)
  /// The file is consistent, but holds what this version cannot use.
  case unsupported(path: String, found: String, expected: String)
  /// The file is consistent, but its tensors are not those of the network that should begin with them.
  case doesNotFit(path: String, found: String, expected: String)
}

extension ModelFileError {
  /// The file and what is wrong with it, without what to do.
  package var finding: String {
    switch self {
    case .notFound(let path): "\(path) is missing"
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .damaged(let path, let found, let expected):
      "\(path) is damaged: found \(found), expected \(expected)"
    case .unsupported(let path, let found, let expected):
      "\(path) is not supported: found \(found), expected \(expected)"
    case .doesNotFit(let path, let found, let expected):
      "\(path) does not fit the network: found \(found), expected \(expected)"
    }
  }
}

extension ModelFileError: CustomStringConvertible {
  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no such file; give a model file (.safetensors) or a run folder"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason); give a model file (.safetensors) that you may read"
    case .damaged(let path, let found, let expected):
      "\(path): damaged or not a model file: found \(found), expected \(expected); "
        + "copy it again or use another checkpoint"
    case .unsupported(let path, let found, let expected):
      "\(path): not supported: found \(found), expected \(expected); convert the file or train a new model"
    case .doesNotFit(let path, let found, let expected):
      "\(path): does not fit the network: found \(found), expected \(expected); "
        + "change the flags of the network, or names and shapes in the file"
    }
  }
}
