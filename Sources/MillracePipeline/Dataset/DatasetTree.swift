/// A folder to train on: a folder per class, or `train/` and a validation folder that hold those.
public struct DatasetTree: Sendable {
  /// What is trained on.
  public var training: Dataset
  /// What is validated on, with the same classes; nil where the tree has no such folder.
  public var validation: Dataset?
  /// Folders next to `train/` that are not looked at, for a notice. Never `test`, which is not touched on
  /// purpose.
  public var ignoredFolders: [String]
  /// Images that lie beside class folders, for a notice.
  public var looseImages: [LooseImages] = []

  /// The names of a validation folder.
  public static let validationNames = ["val", "validation", "valid"]

  /// Finds out the layout and scans the images.
  ///
  /// A root with a folder `train` in it is split if it also has a folder `val`, `validation`, `valid` or
  /// `test`, or no other folder at all. Otherwise every folder in it is a class, one named `train` as well.
  ///
  /// - Parameter path: The root, or a packed file.
  /// - Throws: ``DatasetError``, also where the validation classes are not those of the training folder.
  public static func scan(_ path: String) throws(DatasetError) -> DatasetTree {
    if PackedImages.isPack(path) { return try packed(path) }
    let listing = try Dataset.rootListing(path)
    let folders = listing.entries.filter(\.isFolder).map { entry in
      listing.withName(of: entry) { String(decoding: $0, as: UTF8.self) }
    }
    let validationFolders = folders.filter(validationNames.contains)
    let isSplit =
      folders.contains("train")
      && (folders.count == 1 || !validationFolders.isEmpty || folders.contains("test"))
    guard isSplit else {
      return DatasetTree(
        training: try Dataset.scan(path), validation: nil, ignoredFolders: [],
        looseImages: [LooseImages(in: listing, folder: path)].compactMap { $0 })
    }

    if validationFolders.count > 1 {
      throw .severalValidationFolders(path: Dataset.shown(path), names: validationFolders)
    }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    let training = try Dataset.scan(prefix + "train")
    var validation: Dataset?
    var loose = [LooseImages(in: listing, folder: path), try LooseImages(in: prefix + "train")]
    if let name = validationFolders.first {
      validation = try Dataset.scan(prefix + name, minimumClasses: 1).labelled(by: training.classes)
      loose.append(try LooseImages(in: prefix + name))
    }
    let known = validationNames + ["train", "test"]
    return DatasetTree(
      training: training, validation: validation,
      ignoredFolders: folders.filter { !known.contains($0) }.map(Dataset.shown),
      looseImages: loose.compactMap { $0 })
  }
}
