import Foundation
package import MillracePipeline

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a file or folder could not be written.
///
/// `code` is the system's `errno`. Each message is one line that names the path, what failed and what to do.
public enum FileError: Error, Sendable, Equatable {
  /// Nothing could be created at the path: the place does not accept it.
  case cannotCreate(path: String, code: Int32)
  /// The file was created, but then a `write`, `fsync`, `close` or `rename` failed.
  case cannotWrite(path: String, during: String, code: Int32)
  /// The requested name is taken; it is never overwritten.
  case alreadyExists(path: String)
  /// The path leads to a folder or a device, which a file must not replace.
  case notAFile(path: String)
  /// The name of a new folder is not one plain component of a path.
  case invalidName(String)
  /// The path is in the data set, which is never written to.
  case insideDataset(path: String, data: String)
}

extension FileError: CustomStringConvertible {
  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .cannotCreate(let path, let code):
      "\(path): cannot be created: \(systemMessage(code)); \(Self.cure(for: code))"
    case .cannotWrite(let path, let operation, let code):
      "\(path): cannot be written: \(systemMessage(code)) (\(operation)); \(Self.cure(for: code))"
    case .alreadyExists(let path):
      "\(path): exists already and is never overwritten; choose another name or remove it"
    case .notAFile(let path):
      "\(path): is a folder or a device, expected a file or a free name; choose another path"
    case .invalidName(let name):
      "\(quotedForMessage(name)): not a name for a folder, expected one part of a path "
        + "that is not empty, '.' or '..'; choose another name"
    case .insideDataset(let path, let data):
      "\(path): lies in \(data), and data sets are never written to; choose a place outside of it"
    }
  }

  private static func cure(for code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: "free some space or choose another folder"
    case EACCES, EPERM, EROFS: "choose a folder that you may write to"
    case ENOENT: "create the folder first or choose another one"
    case ENOTDIR: "a part of the path is a file, choose another path"
    case EIO: "check the disk or choose a folder on another one"
    default: "choose another path"
    }
  }
}

/// Checks that nothing is about to be written into a data set, whatever links lead there.
///
/// - Parameters:
///   - path: The file or folder that will be written; neither it nor the folders that lead to it need exist.
///   - roots: Folders of images, or packed files.
///   - datasets: The data sets that were found there: a class folder may be elsewhere, where a link leads.
/// - Throws: ``FileError/insideDataset(path:data:)``.
package func requireOutside(
  _ path: String, roots: [String?], datasets: [Dataset?] = []
) throws(FileError) {
  let (folder, name) = splitPath(path)
  var isFolder: ObjCBool = false
  // A link to a folder is followed, and written into; a link to a file is replaced.
  let isPlace = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  let place = isPlace ? resolved(path) : child(name, of: resolved(folder))
  for root in roots.compactMap({ $0 }) where isInside(place, resolved(root)) {
    throw .insideDataset(path: path, data: root)
  }
  for dataset in datasets.compactMap({ $0 }) where dataset.holds(place) {
    throw .insideDataset(path: path, data: dataset.root)
  }
}

/// Whether a path equals another one, or is below it: names are bytes.
private func isInside(_ path: String, _ folder: String) -> Bool {
  ExactText(path) == ExactText(folder) || path.utf8.starts(with: child("", of: folder).utf8)
}

/// A path from the root without links, as far as it exists.
private func resolved(_ path: String) -> String {
  if let real = realpath(path, nil) {
    defer { free(real) }
    return String(cString: real)
  }
  let (folder, name) = splitPath(path)
  // The working folder may be gone.
  if folder == path { return path }
  // Missing folders will be made, and ".." leads out of them as out of any others.
  switch name {
  case "", ".": return resolved(folder)
  case "..": return splitPath(resolved(folder)).folder
  default: return child(name, of: resolved(folder))
  }
}

private func child(_ name: String, of folder: String) -> String {
  folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}

/// The system's message for an `errno`.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}
