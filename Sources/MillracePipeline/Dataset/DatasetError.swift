#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a folder is not a data set. Every description is one line: what, why, and the cure.
public enum DatasetError: Error, Sendable, Hashable {
  /// There is nothing by this name.
  case notFound(path: String)
  /// A file or something else, where a folder is expected.
  case notAFolder(path: String)
  /// A folder that cannot be read; `code` is the errno value.
  case cannotRead(path: String, code: Int32)
  /// Nothing in the folder that is not hidden.
  case empty(path: String)
  /// Files, but no class folders.
  case noClassFolders(path: String, files: Int)
  /// A single class folder, where at least two are expected.
  case onlyOneClass(path: String, name: String)
  /// Class folders without a file in them.
  case classesWithoutImages(path: String, names: [String])
  /// The class folders are not the expected ones.
  case classesDiffer(path: String, missing: [String], unknown: [String])
  /// More than one of `val`, `validation` and `valid`.
  case severalValidationFolders(path: String, names: [String])
  /// More files than a sample's index, of 32 bits, can number.
  case tooManyFiles(path: String, limit: Int)
  /// None of the images that were tried is readable.
  case noReadableImage(first: String)
  /// A packed file that cannot be used.
  case pack(PackError)
}

extension DatasetError: CustomStringConvertible {
  /// One line without a line break: the folder, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no such file or folder; check the path"
    case .notAFolder(let path):
      "\(path): not a folder; expected a folder that holds one folder of images per class, or a file that "
        + "millrace pack made"
    case .cannotRead(let path, let code):
      "\(path): cannot read the folder: \(String(cString: strerror(code))); check its permissions"
    case .empty(let path):
      "\(path): the folder is empty; expected one folder of images per class, or train/ and val/ with those inside"
    case .noClassFolders(let path, let files):
      "\(path): \(files == 1 ? "one file" : "\(files) files") but no class folders;"
        + " put the images of each class into a folder of its own, such as \(path)/cat/ and \(path)/dog/"
    case .onlyOneClass(let path, let name):
      "\(path): only one class folder, '\(name)'; a classifier needs at least two"
    case .classesWithoutImages(let path, let names):
      "\(path): no images in the class \(names.count == 1 ? "folder" : "folders") \(Self.list(names));"
        + " add images or remove the \(names.count == 1 ? "folder" : "folders")"
    case .classesDiffer(let path, let missing, let unknown):
      "\(path): the class folders are not the expected ones:"
        + (missing.isEmpty ? "" : " missing \(Self.list(missing));")
        + (unknown.isEmpty ? "" : " unknown \(Self.list(unknown));")
        + " add, remove or rename folders until the classes are the same"
    case .severalValidationFolders(let path, let names):
      "\(path): more than one validation folder: \(Self.list(names)); keep one of them"
    case .tooManyFiles(let path, let limit):
      "\(path): more than \(limit) files, which is the limit; use a part of them"
    case .noReadableImage(let first):
      "none of the images is readable; the first: \(first)"
    case .pack(let error):
      error.description
    }
  }

  /// At most ten names, so that the line stays readable.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
