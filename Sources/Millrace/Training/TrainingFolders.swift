import MillracePipeline

/// What a configuration's folders hold, before anything is set aside.
struct TrainingFolders: Sendable {
  /// The folder to train on.
  let tree: DatasetTree
  /// The images of the folder that a setting names to validate on; nil where it names none.
  let validation: Dataset?

  /// What tells the folders of a configuration from those of another.
  struct Key: Hashable {
    let data: String
    let validation: String?

    init(_ configuration: TrainingConfiguration) {
      (data, validation) = (configuration.data, configuration.validation)
    }
  }

  /// Scans them.
  ///
  /// - Throws: `DatasetError`.
  init(_ configuration: TrainingConfiguration) throws(DatasetError) {
    tree = try DatasetTree.scan(configuration.data)
    if let path = configuration.validation {
      validation = try Dataset.scan(path, minimumClasses: 1).labelled(by: tree.training.classes)
    } else {
      validation = nil
    }
  }
}
