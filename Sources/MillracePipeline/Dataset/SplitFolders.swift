/// The folders of a root, by the parts of a data set that their names stand for.
struct SplitFolders {
  private(set) var names: [FolderRole: [String]] = [:]
  /// The folders whose names stand for no part.
  private(set) var others: [String] = []

  init(_ folders: [String]) {
    for folder in folders {
      if let role = FolderRole(name: folder) {
        names[role, default: []].append(folder)
      } else {
        others.append(folder)
      }
    }
  }

  subscript(role: FolderRole) -> [String] { names[role] ?? [] }

  /// All folders whose names stand for parts, training folders first.
  private var parts: [String] {
    [.training, .validation, .test, .unclear].flatMap { (role: FolderRole) in self[role] }
  }

  /// The layout of a root.
  enum Decision {
    /// Every folder is a class.
    case classes
    /// One folder is for training, and another may be for validation.
    case split(training: String, validation: String?)
  }

  /// Decides by the names what the folders are.
  ///
  /// A training folder beside a validation or test folder, or alone, makes a split. Without such names all folders
  /// are classes. They also are where the folder with the name of a training folder holds images itself, as a class
  /// of railway trains does.
  ///
  /// - Parameters:
  ///   - hasValidation: Whether the validation folder is given.
  ///   - holdsClasses: Whether a folder holds folders and no images.
  /// - Throws: ``LayoutDoubt`` where the names decide neither.
  func decide(hasValidation: Bool, holdsClasses: (String) -> Bool) throws(LayoutDoubt) -> Decision {
    let training = self[.training]
    let hasParts = !(self[.validation] + self[.test] + self[.unclear]).isEmpty
    guard let first = training.first else {
      // A single folder is an error of its own.
      if !hasParts || parts.count + others.count == 1 { return .classes }
      throw others.isEmpty
        ? .noTrainingFolder(parts: parts) : .partsAmongClasses(parts: parts, classes: others)
    }
    if training.count > 1 { throw .severalTrainingFolders(training) }
    if !hasValidation, self[.validation].isEmpty, !self[.unclear].isEmpty {
      throw .unclear(training: first, others: self[.unclear])
    }
    if hasParts, !others.isEmpty, !holdsClasses(first) {
      throw .partsAmongClasses(parts: parts, classes: others)
    }
    if hasParts || others.isEmpty {
      return .split(training: first, validation: hasValidation ? nil : self[.validation].first)
    }
    if holdsClasses(first) { throw .unclear(training: first, others: others) }
    return .classes
  }
}

/// Why it is not clear what the folders of a root are.
public enum LayoutDoubt: Error, Sendable, Hashable {
  /// Some folders have names of parts of a data set, others do not, and none has that of a training folder.
  case partsAmongClasses(parts: [String], classes: [String])
  /// All folders have names of parts, and none has that of a training folder.
  case noTrainingFolder(parts: [String])
  /// More than one folder has the name of a training folder.
  case severalTrainingFolders([String])
  /// One folder is for training, and nothing says what the others are.
  case unclear(training: String, others: [String])
  /// All folders hold the same folders, and no images beside them: parts of a data set do so, and classes seldom.
  case sameFolders(names: [String], inside: [String])
}
