#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a folder is not a data set. Every description is one line: what, why, and the cure.
public enum DatasetError: Error, Sendable, Hashable {
  /// Nothing with this name exists.
  case notFound(path: String)
  /// A file or something else, where a folder is expected.
  case notAFolder(path: String)
  /// A folder that cannot be read; `code` is the errno value.
  case cannotRead(path: String, code: Int32)
  /// The folder holds nothing that is not hidden.
  case empty(path: String)
  /// The folder holds files, but no class folders.
  case noClassFolders(path: String, files: Int)
  /// The folder holds a single class folder, but at least two are expected.
  case onlyOneClass(path: String, name: String)
  /// Some class folders have no file in them.
  case classesWithoutImages(path: String, names: [String])
  /// A class folder is, by a link, a folder that already holds samples, or the root.
  case repeatedClassFolder(path: String, other: String)
  /// The validation images are also training images.
  case validatesOnTraining(path: String, training: String)
  /// It is not clear which folders are classes, and which are parts of the data set.
  case doubtfulLayout(path: String, LayoutDoubt)
  /// The class folders are not the expected ones.
  case classesDiffer(path: String, missing: [String], unknown: [String])
  /// More than one folder has the name of a validation folder.
  case severalValidationFolders(path: String, names: [String])
  /// There is more than one folder with images to measure on.
  case severalFolders(path: String, names: [String])
  /// There are more files than a sample's index, of 32 bits, can number.
  case tooManyFiles(path: String, limit: Int)
  /// None of the images that were tried can be read.
  case noReadableImage(first: String)
  /// A packed file that cannot be used.
  case pack(PackError)
  /// A table of labels that cannot be used.
  case labels(path: String, LabelTableFault)
}

extension DatasetError: CustomStringConvertible {
  /// One line without a line break: the folder, what was found, what was expected, what to do.
  public var description: String { message { $0 } }

  /// The same line.
  ///
  /// - Parameter setting: How the settings `data`, `val` and `layout` are spelled.
  package func message(spelling setting: (String) -> String) -> String {
    switch self {
    case .notFound(let path):
      "\(path): no such file or folder; check the path"
    case .notAFolder(let path):
      "\(path): not a folder; expected a folder that holds one folder of images per class, a file that "
        + "millrace pack made, or a table of labels (.csv, .tsv, .jsonl)"
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
    case .repeatedClassFolder(let path, let other):
      "\(path): is the same folder as \(other), and its files count once; remove the link"
    case .validatesOnTraining(let path, let training):
      "\(path): holds images of \(training), which are trained on, too; set \(setting("val")) to a folder of others, or "
        + "leave it out"
    case .doubtfulLayout(let path, let doubt):
      "\(path): \(Self.message(doubt, path: path, spelling: setting))"
    case .classesDiffer(let path, let missing, let unknown):
      "\(path): the class folders are not the expected ones:"
        + (missing.isEmpty ? "" : " missing \(Self.list(missing, among: missing + unknown));")
        + (unknown.isEmpty ? "" : " unknown \(Self.list(unknown, among: missing + unknown));")
        + " add, remove or rename folders until the classes are the same"
    case .severalValidationFolders(let path, let names):
      "\(path): more than one validation folder: \(Self.list(names)); set \(setting("val")) to the one to use, or keep one"
    case .severalFolders(let path, let names):
      "\(path): holds more than one folder to measure on: \(Self.list(names)); name the one to use"
    case .tooManyFiles(let path, let limit):
      "\(path): more than \(limit) files, which is the limit; use a part of them"
    case .noReadableImage(let first):
      "none of the images is readable; the first: \(first)"
    case .pack(let error):
      error.description
    case .labels(let path, let fault):
      "\(path): \(fault)"
    }
  }

  private static func message(
    _ doubt: LayoutDoubt, path: String, spelling setting: (String) -> String
  ) -> String {
    func below(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }
    let (data, val, layout) = (setting("data"), setting("val"), "\(setting("layout")) to classes")
    switch doubt {
    case .partsAmongClasses(let parts, let classes):
      let example = "\(val) to \(below(parts[0])) to validate on it"
      return
        "\(list(parts)) \(parts.count == 1 ? "is" : "are") named like a part of a data set and beside the class folders "
        + "\(list(classes)); move what is no class elsewhere, set \(example), or set \(layout) if every folder is one"
    case .noTrainingFolder(let parts):
      return
        "holds \(list(parts)) and no folder to train on; name one as \(data), or set \(layout) if every folder is one"
    case .severalTrainingFolders(let names):
      return
        "more than one folder to train on: \(list(names)); name one as \(data), or set \(layout) if every folder is "
        + "one"
    case .unclear(let training, let others):
      return "\(list([training])) looks like the training folder, and it is not clear what \(list(others)) "
        + "\(others.count == 1 ? "is" : "are"); set \(val) to \(below(others[0])) to validate on it, name "
        + "\(below(training)) as \(data) to leave it out, or set \(layout) if every folder is one"
    case .sameFolders(let names, let inside):
      return
        "\(list(names)) all hold the same folders, \(list(inside)), as parts of a data set do; name the one to train on "
        + "as \(data) and one to validate on as \(val), or set \(layout) if every folder is one"
    }
  }

  /// At most ten names, so that the line stays readable; names that look like another one of `all` show their
  /// bytes.
  private static func list(_ names: [String], among all: [String]? = nil) -> String {
    let all = all ?? names
    let told = Dictionary(
      zip(all.map(ExactText.init), all.toldApart), uniquingKeysWith: { first, _ in first })
    let shown = names.prefix(10).map { "'\(told[ExactText($0)] ?? $0)'" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
