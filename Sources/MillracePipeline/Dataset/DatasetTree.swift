/// How the folders in the root of a data set are read (`layout`).
public enum DatasetLayout: String, Sendable, Hashable, CaseIterable {
  /// By their names: folders such as `train` and `val` that hold classes, or folders that are classes.
  case auto
  /// Each folder is a class, whatever its name is.
  case classes
}

/// The images of a root: a folder for each class, or a training and a validation folder that hold these.
package struct DatasetTree: Sendable {
  /// The images to train on.
  package var training: Dataset
  /// The images to validate on, with the same classes; nil where there is no such folder. A class may have no
  /// sample.
  package var validation: Dataset?
  /// Whether a table of labels says the classes.
  package var isTable = false
  /// The name of the validation folder in the root; nil where it has none, or another one was given.
  package var validationFolder: String?
  /// The folder in the root, or the split of the table, that holds test images, which a scan never opens; nil where
  /// there is none, or several.
  package var testFolder: String?
  /// A notice about a table's test images where nothing is tested; nil where there are none.
  package var testNotice: String?
  /// Notices about the folders for people, each in one line: which are not opened, and which are taken for what.
  package var notices: [String] = []
  /// Why the images cannot be trained on as they are, though the rest can be examined: classes without images,
  /// folders that cannot be read. Empty for a tree that was scanned for training.
  package var faults: [DatasetError] = []

  /// Finds out the layout and scans the images.
  ///
  /// A root with a training folder, such as `train`, `Training` or `train_set`, is split if it also has a
  /// validation or test folder, or no other folder at all: see `FolderRole` for the names. Otherwise every folder
  /// in it is a class. A test folder is never opened.
  ///
  /// - Parameters:
  ///   - path: The root, or a packed file.
  ///   - layout: How the folders of the root are read.
  ///   - given: The validation folder, or a packed file; nil: the root's own. A folder in the root that is given
  ///     here is no class.
  ///   - labels: A table that says the class of each image, with paths relative to the root; nil: the folders say
  ///     it, or the root is such a table.
  /// - Throws: ``DatasetError``, also where it is not clear what the folders are, where the validation folder has
  ///   classes that the training folder lacks, or where both are the same folder.
  package static func scan(
    _ path: String, layout: DatasetLayout = .auto, validation given: String? = nil, labels: String? = nil
  ) throws(DatasetError) -> DatasetTree {
    let tree = try look(at: path, layout: layout, validation: given, labels: labels)
    if let fault = tree.faults.first { throw fault }
    return tree
  }

  /// Scans the images that are found, and skips folders with faults: see ``faults``.
  ///
  /// - Parameters:
  ///   - path: The root, or a packed file.
  ///   - layout: How the folders of the root are read.
  ///   - given: The validation folder, or a packed file; nil: the root's own.
  ///   - labels: A table that says the class of each image; nil: the folders say it, or the root is such a table.
  /// - Throws: ``DatasetError`` where it is not clear what the folders are, or there is no image at all.
  package static func look(
    at path: String, layout: DatasetLayout, validation given: String?, labels: String? = nil
  ) throws(DatasetError) -> DatasetTree {
    var tree: DatasetTree
    var trained: Set<DirectoryListing.Identity> = []
    if let labels {
      tree = try labelled(by: labels, in: path)
    } else if LabelTable.isTable(path) {
      tree = try labelled(by: path, in: nil)
    } else if PackedImages.isPack(path) {
      tree = try packed(path)
      if let identity = DirectoryListing.Identity(of: Array(path.utf8)) { trained = [identity] }
    } else {
      (tree, trained) = try scanRoot(path, layout: layout, given: given)
    }
    if let given {
      let identity = DirectoryListing.Identity(of: Array(given.utf8))
      if let identity, trained.contains(identity) {
        throw .validatesOnTraining(path: Dataset.shown(given), training: tree.training.root)
      }
      tree.validation = nil
      tree.validationFolder = nil
      try tree.addValidation(given, besides: &trained)
    }
    tree.notices +=
      tree.training.notices
      + (tree.validation?.notices ?? []).filter {
        !tree.training.notices.contains($0)
      }
    return tree
  }

  /// Scans a root that is a folder.
  ///
  /// - Returns: The tree, and the folders that were entered for training.
  private static func scanRoot(
    _ path: String, layout: DatasetLayout, given: String?
  ) throws(DatasetError) -> (DatasetTree, Set<DirectoryListing.Identity>) {
    let root = Array(path.utf8)
    let listing = try Dataset.rootListing(path)
    let excluded = given.flatMap { DirectoryListing.Identity(of: Array($0.utf8)) }
    let names = listing.folders(excluding: excluded, in: root).map { entry in
      listing.withName(of: entry) { String(decoding: $0, as: UTF8.self) }
    }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    let folders = SplitFolders(names)
    let decision: SplitFolders.Decision
    do throws(LayoutDoubt) {
      decision =
        try layout == .classes
        ? .classes
        : folders.decide(
          hasValidation: given != nil,
          holdsClasses: { (try? Dataset.rootListing(prefix + $0))?.holdsClassFolders ?? false })
    } catch {
      throw .doubtfulLayout(path: Dataset.shown(path), error)
    }
    switch decision {
    case .classes:
      let scan = try FolderScan(path, excluding: excluded)
      try scan.requireClasses(layout, path: path)
      return (
        try DatasetTree(scan, notices: [scan.looseImages?.description].compactMap { $0 }), scan.entered
      )
    case .split(let training, let validation):
      if validation != nil, folders[.validation].count > 1 {
        throw .severalValidationFolders(path: Dataset.shown(path), names: folders[.validation])
      }
      let scan = try FolderScan(prefix + training)
      try scan.requireClasses(layout, path: prefix + training)
      var tree = try DatasetTree(scan)
      if folders[.test].count == 1 { tree.testFolder = folders[.test].first }
      var entered = scan.entered
      tree.notices = notices(on: folders, in: path, training: training, validation: validation)
      tree.notices += [LooseImages(in: listing, folder: path), scan.looseImages].compactMap {
        $0?.description
      }
      if let validation {
        try tree.addValidation(prefix + validation, besides: &entered)
        tree.validationFolder = validation
      }
      return (tree, entered)
    }
  }

  /// Scans the validation images. What is wrong with them is a fault; where none is left there is no validation.
  ///
  /// - Parameter trained: The folders that were entered for training.
  private mutating func addValidation(
    _ path: String, besides trained: inout Set<DirectoryListing.Identity>
  ) throws(DatasetError) {
    if PackedImages.isPack(path) {
      validation = try Dataset.packed(path, minimumClasses: 1).labelled(
        by: training.classes, allowsMissing: true)
      return
    }
    if LabelTable.isTable(path) {
      let images = try LabelledFiles(path, in: nil).dataset(of: nil)
      if images.sharesFiles(with: training) {
        throw .validatesOnTraining(path: Dataset.shown(path), training: training.root)
      }
      validation = try images.labelled(by: training.classes, allowsMissing: true)
      return
    }
    let scan = try FolderScan(path)
    if !scan.entered.isDisjoint(with: trained) {
      throw .validatesOnTraining(path: Dataset.shown(path), training: training.root)
    }
    faults += scan.faults
    if scan.dataset.count == 0 {
      return faults.append(.classesWithoutImages(path: scan.dataset.root, names: scan.dataset.classes))
    }
    do throws(DatasetError) {
      validation = try scan.dataset.labelled(by: training.classes, allowsMissing: true)
    } catch {
      faults.append(error)
      validation = scan.dataset.known(among: training.classes)
    }
    notices += [scan.looseImages?.description].compactMap { $0 }
  }

  /// Notices about folders that are not opened, and about the roles of folders whose names are not the plainest.
  private static func notices(
    on folders: SplitFolders, in path: String, training: String, validation: String?
  ) -> [String] {
    let root = Dataset.shown(path)
    var notices: [String] = []
    let plain = ["train", "val", "validation", "valid", "test"]
    let tests = folders[.test]
    if !([training, validation].compactMap { $0 } + tests).allSatisfy(plain.contains) {
      notices.append(
        "\(root): \(Dataset.shown(training))/ is trained on"
          + (validation.map { ", \(Dataset.shown($0))/ is validated on" } ?? "")
          + (tests.isEmpty
            ? "" : ", \(tests.map { Dataset.shown($0) + "/" }.joined(separator: ", ")) is for tests alone"))
    }
    let unread = folders.others + folders[.unclear] + folders[.validation].filter { $0 != validation }
    notices += unread.map {
      "\(root)/\(Dataset.shown($0)): not looked at; only \(Dataset.shown(training))/ and its validation folder are"
    }
    return notices
  }
}

extension DatasetTree {
  /// Takes the training images from a scan.
  fileprivate init(_ scan: FolderScan, notices: [String] = []) throws(DatasetError) {
    let faults = scan.faults + scan.dataset.faults(requiring: 2)
    if scan.dataset.count == 0, let first = faults.first { throw first }
    self.init(training: scan.dataset, notices: notices, faults: faults)
  }
}

extension FolderScan {
  /// Checks that the folders are classes, as far as their contents tell.
  fileprivate func requireClasses(_ layout: DatasetLayout, path: String) throws(DatasetError) {
    if layout == .classes || commonFolders.isEmpty { return }
    throw .doubtfulLayout(
      path: Dataset.shown(path), .sameFolders(names: dataset.classes, inside: commonFolders))
  }
}
