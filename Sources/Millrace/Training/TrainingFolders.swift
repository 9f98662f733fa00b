import MillracePipeline

/// What a configuration's folders hold, before anything is set aside.
struct TrainingFolders: Sendable {
  /// What is trained and validated on.
  let tree: DatasetTree

  /// What tells the folders of a configuration from those of another.
  struct Key: Hashable {
    let data: ExactText
    let validation: ExactText?
    let layout: DatasetLayout

    init(_ configuration: TrainingConfiguration) {
      data = ExactText(configuration.data)
      validation = configuration.validation.map(ExactText.init)
      layout = configuration.layout
    }
  }

  /// Scans them.
  ///
  /// - Throws: `DatasetError`.
  init(_ configuration: TrainingConfiguration) throws(DatasetError) {
    tree = try DatasetTree.scan(
      configuration.data, layout: configuration.layout, validation: configuration.validation)
  }
}
