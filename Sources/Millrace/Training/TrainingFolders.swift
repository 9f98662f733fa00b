import MillracePipeline

/// What a configuration's folders hold, before anything is set aside.
struct TrainingFolders: Sendable {
  /// What is trained and validated on.
  let tree: DatasetTree

  /// What the folds of a cross-validation divide: all images but those for a test; nil without folds.
  let folded: Dataset?

  /// What tells the folders of a configuration from those of another.
  struct Key: Hashable {
    let data: ExactText
    let labels: ExactText?
    let validation: ExactText?
    let layout: DatasetLayout
    let isFolded: Bool

    init(_ configuration: TrainingConfiguration) {
      data = ExactText(configuration.data)
      labels = configuration.labels.map(ExactText.init)
      validation = configuration.validation.map(ExactText.init)
      layout = configuration.layout
      isFolded = configuration.folds > 1
    }
  }

  /// Scans them.
  ///
  /// - Throws: `DatasetError`.
  init(_ configuration: TrainingConfiguration) throws(DatasetError) {
    try self.init(lookingAt: configuration)
    if let fault = tree.faults.first { throw fault }
  }

  /// Scans them to look at what there is: ``DatasetTree/faults`` may make training on it impossible.
  ///
  /// - Throws: `DatasetError` where it is not clear what the folders are, or there is no image at all.
  init(lookingAt configuration: TrainingConfiguration) throws(DatasetError) {
    tree = try DatasetTree.look(
      at: configuration.data, layout: configuration.layout, validation: configuration.validation,
      labels: configuration.labels)
    folded =
      configuration.folds > 1 ? tree.validation.map(tree.training.joined(with:)) ?? tree.training : nil
  }
}
