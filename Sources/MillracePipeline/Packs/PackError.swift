/// Why a packed file cannot be used. Every description is one line: the file, what is wrong, and the cure.
public enum PackError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It cannot be opened or read; `reason` is the system's word.
  case cannotRead(path: String, reason: String)
  /// Not as it was written.
  case damaged(path: String, reason: String)
  /// It holds training and validation images, where one set of images is expected.
  case severalParts(path: String)
  /// It is packed already.
  case isPacked(path: String, source: String)
  /// It holds pixels, where files are needed.
  case holdsPixels(path: String, source: String)
  /// The pixels are not those that the settings ask for.
  case otherPixels(path: String, packedFor: String, reason: String)

  /// One line.
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
