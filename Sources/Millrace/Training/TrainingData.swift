public import MillracePipeline

/// The images of a training run: what is trained on, and what is kept for validation.
public struct TrainingData: Sendable {
  /// What is trained on.
  public let training: Dataset
  /// What is validated on, with the same classes; nil without validation.
  public let validation: Dataset?
  /// What a person should know of the folders: what is not looked at, and settings that they make idle.
  public let notices: [String]

  /// Scans a configuration's folders, and splits the images where there is no validation folder.
  ///
  /// - Throws: `DatasetError`.
  public init(_ configuration: TrainingConfiguration) throws(DatasetError) {
    self.init(configuration, of: try TrainingFolders(configuration))
  }

  /// Splits what was scanned, where there is no validation folder.
  init(_ configuration: TrainingConfiguration, of folders: TrainingFolders) {
    let tree = folders.tree
    if let given = folders.validation {
      (training, validation) = (tree.training, given)
    } else if tree.validation == nil, configuration.validationFraction > 0 {
      let split = StratifiedSplit(fraction: configuration.validationFraction, seed: configuration.seed)
      let parts = split(tree.training)
      training = parts.training
      validation = parts.validation.count > 0 ? parts.validation : nil
    } else {
      training = tree.training
      validation = tree.validation
    }
    let packs = Set(training.packNotices + (validation?.packNotices ?? []))
    notices = Self.notices(on: tree, for: configuration) + packs.sorted()
  }

  private static func notices(on tree: DatasetTree, for configuration: TrainingConfiguration) -> [String] {
    let data = configuration.data
    var notices = tree.ignoredFolders.map {
      "\(data)/\($0): not looked at; only train/ and its validation folder are"
    }
    notices += tree.looseImages.map(\.description)
    let isGiven = configuration.validationFraction != TrainingConfiguration(data: data).validationFraction
    if tree.validation != nil, configuration.validation == nil, isGiven {
      notices.append(
        "val-fraction \(configuration.validationFraction) has no effect: \(data) has a validation folder")
    }
    return notices
  }
}
