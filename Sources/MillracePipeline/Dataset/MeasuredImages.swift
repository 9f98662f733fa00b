/// The images that a model is measured on, with its labels.
public struct MeasuredImages: Sendable {
  /// The images; their labels are places in the list of the model's classes.
  public let dataset: Dataset
  /// The folder in the root, or the split of the table, whose images are measured, such as `test`; nil: all images.
  public let part: String?
  /// The table that says the classes, and what paths in it are relative to; nil where folders do.
  let table: (path: String, folder: String?)?
  /// The model's classes that have no image here.
  public let missing: [String]

  /// Finds the class folders of a model in a folder, or in the test folder inside of it, or else in the validation
  /// folder.
  ///
  /// - Parameters:
  ///   - path: A folder with a folder for each class, the root of a data set, a packed file, or a table of labels.
  ///   - labels: A table that says the class of each image in the folder; nil: the folders do. From a table the
  ///     test images are taken, or else those for validation, or else all.
  ///   - classes: The model's classes.
  /// - Throws: ``DatasetError`` where there is no image, or where a class folder is not one of the model's.
  public init(_ path: String, labels: String? = nil, classes: [String]) throws(DatasetError) {
    let (found, part) = try Self.find(path, labels: labels, classes: classes)
    if found.count == 0 { throw .classesWithoutImages(path: found.root, names: found.classes) }
    dataset = try found.labelled(by: classes, allowsMissing: true)
    self.part = part
    if let labels {
      table = (labels, path)
    } else {
      table = LabelTable.isTable(path) ? (path, nil) : nil
    }
    missing = zip(classes, dataset.countPerClass).filter { $0.1 == 0 }.map(\.0)
  }

  private static func find(
    _ path: String, labels: String?, classes: [String]
  ) throws(DatasetError) -> (dataset: Dataset, part: String?) {
    if let labels { return find(in: try LabelledFiles(labels, in: path)) }
    if LabelTable.isTable(path) { return find(in: try LabelledFiles(path, in: nil)) }
    if PackedImages.isPack(path) {
      if let validation = try PackedImages.opened(path).validation(root: path) { return (validation, "val") }
      return (try Dataset.packed(path, minimumClasses: 1), nil)
    }
    let listing = try Dataset.rootListing(path)
    let names = listing.folderNames.map { PathName.shown($0) }
    let known = Set(classes.map(ExactText.init))
    let prefix = path.hasSuffix("/") ? path : path + "/"
    if !names.contains(where: { known.contains(ExactText($0)) }) {
      let folders = SplitFolders(listing.folderNames.map { String(decoding: $0, as: UTF8.self) })
      for role in [FolderRole.test, .validation] where !folders[role].isEmpty {
        guard folders[role].count == 1 else {
          throw .severalFolders(path: Dataset.shown(path), names: folders[role])
        }
        return (try FolderScan(prefix + folders[role][0]).whole(), Dataset.shown(folders[role][0]))
      }
    }
    return (try FolderScan(path).whole(), nil)
  }

  private static func find(in files: LabelledFiles) -> (dataset: Dataset, part: String?) {
    for (role, part) in [(FolderRole.test, "test"), (.validation, "val")] {
      let images = files.dataset(of: role)
      if images.count > 0 { return (images, part) }
    }
    return (files.dataset(of: nil), nil)
  }

  /// Notices for people, each in one line: which folder was taken, and which classes are not measured.
  public var notices: [String] {
    var notices =
      part.map {
        [
          table != nil
            ? "\(dataset.root): measured on split \($0), which the table has beside others"
            : "\(dataset.root): measured on \($0)/, which the folder holds beside others"
        ]
      } ?? []
    if !missing.isEmpty {
      let names = missing.toldApart.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
      notices.append(
        "\(dataset.root): no image of \(names)\(missing.count > 10 ? " and \(missing.count - 10) more" : ""); "
          + "\(missing.count == 1 ? "this class is" : "these classes are") not measured")
    }
    return notices + dataset.notices
  }
}
