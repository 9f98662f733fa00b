/// Why a packed file cannot be used. Every description is one line: the file, what is wrong, and the cure.
public enum PackError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file cannot be opened or read; `reason` is the system's message.
  case cannotRead(path: String, reason: String)
  /// The file is not as it was written.
  case damaged(path: String, reason: String)
  /// The file holds training and validation images, where one set of images is expected.
  case severalParts(path: String)
  /// The images are already packed.
  case isPacked(path: String, source: String)
  /// The file holds pixels, where files are needed.
  case holdsPixels(path: String, source: String)
  /// The pixels are not those that the settings ask for.
  case otherPixels(path: String, packedFor: String, reason: String)

  /// The error in one line.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .damaged(let path, let reason):
      "\(path): the packed file is damaged: \(reason); pack the folder again"
    case .severalParts(let path):
      "\(path): holds training and validation images; pack the folder that is meant by itself"
    case .isPacked(let path, let source):
      "\(path): is packed already; give the folder it was packed from (\(source))"
    case .holdsPixels(let path, let source):
      "\(path): holds decoded pixels, and files are needed; give the folder it was packed from (\(source))"
    case .otherPixels(let path, let packedFor, let reason):
      "\(path): packed for \(packedFor), and this needs other pixels: \(reason); pack again with these settings, or "
        + "without --pixels"
    }
  }
}
