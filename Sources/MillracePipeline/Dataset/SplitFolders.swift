/// The folders of a root by the parts of a data set that their names say they are.
struct SplitFolders {
  private(set) var names: [FolderRole: [String]] = [:]
  /// Those whose names say nothing of the kind.
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

  /// All whose names say that they are parts, those trained on first.
  private var parts: [String] {
    [.training, .validation, .test, .unclear].flatMap { (role: FolderRole) in self[role] }
  }

  /// How a root is laid out.
  enum Decision {
    /// Every folder is a class.
    case classes
    /// One folder is trained on, and one may be validated on.
    case split(training: String, validation: String?)
  }

  /// Decides by the names what the folders are.
  ///
  /// A folder to train on beside one to validate or test on, or alone, makes a split. Without such names all folders are
  /// classes; so are they where the one that is named like a folder to train on holds images itself, as a class of
  /// railway trains does.
  ///
  /// - Parameters:
  ///   - hasValidation: Whether the folder to validate on is given.
  ///   - holdsClasses: Whether a folder holds folders and no images.
  /// - Throws: ``LayoutDoubt`` where the names say neither.
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
  /// Some are named like parts of a data set, others are not, and none is what there would be to train on.
  case partsAmongClasses(parts: [String], classes: [String])
  /// All are named like parts, and none like what is trained on.
  case noTrainingFolder(parts: [String])
  /// More than one is named like what is trained on.
  case severalTrainingFolders([String])
  /// One is trained on, and nothing says what the others are.
  case unclear(training: String, others: [String])
  /// All hold the same folders, and no images beside them: parts of a data set have such, and classes seldom.
  case sameFolders(names: [String], inside: [String])
}
