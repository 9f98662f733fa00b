import MillraceModels
package import MillracePipeline

/// The images of a training run: those to train on, and those kept for validation.
package struct TrainingData: Sendable {
  /// The images to train on.
  package var training: Dataset
  /// The images to validate on, with the same classes; nil without validation.
  package var validation: Dataset?
  /// Whether the validation images were taken from those that could be trained on.
  package let isValidationSplitOff: Bool
  /// The rule that says which images belong together.
  package let grouping: DatasetGrouping
  /// The images on which the model is measured at the end; nil where that was not asked for.
  let test: TestImages?
  /// A folder of test images that was seen beside the others and not opened; nil where there is none.
  let testFolder: String?
  /// Notices about the folders for people, each in one line.
  package let folderNotices: [String]
  /// The images that are measured before training, and for which settings are chosen: all images of a
  /// cross-validation, otherwise the training images. They are the same for all networks of a model.
  let reference: Dataset
  /// The number of folds of a cross-validation; 1 without one.
  package let folds: Int

  /// Scans a configuration's folders, and splits the images where there is no validation folder.
  ///
  /// - Throws: `DatasetError`, or ``ConfigurationError`` for a setting that has no effect on these folders.
  package init(_ configuration: TrainingConfiguration) throws {
    try self.init(configuration, of: try TrainingFolders(configuration))
  }

  /// Splits the scanned images, where there is no validation folder.
  package init(_ configuration: TrainingConfiguration, of folders: TrainingFolders) throws {
    let tree = folders.tree
    try configuration.requireEffect(on: tree)
    if let all = folders.folded {
      let parts = configuration.member.map { configuration.division(all, leavingOut: $0 - 1) }
      (training, validation) = (parts?.training ?? all, parts?.validation)
      isValidationSplitOff = false
    } else if tree.validation == nil, configuration.validationFraction > 0 {
      let parts = configuration.split(tree.training)
      training = parts.training
      validation = parts.validation.count > 0 ? parts.validation : nil
      isValidationSplitOff = true
    } else {
      training = tree.training
      validation = tree.validation
      isValidationSplitOff = false
    }
    test = configuration.evaluatesTest ? try TestImages(configuration, folders) : nil
    testFolder = (test == nil ? tree.testFolder : nil).map { folder in
      // A table names the images of all parts itself.
      tree.isTable
        ? configuration.data : configuration.data + (configuration.data.hasSuffix("/") ? "" : "/") + folder
    }
    reference = folders.folded ?? training
    folds = configuration.folds
    grouping = folders.grouping
    var notices = tree.notices + folders.notices
    if test == nil {
      notices += [tree.testNotice].compactMap { $0 }
      if let kept = folders.test {
        notices.append(
          "test-fraction: \(kept.count) images are kept for a test, which evaluate-test measures on")
      }
    }
    if let validation = tree.validation, configuration.folds > 1 {
      notices.append(
        "folds: the \(validation.count) images of \(validation.root) are divided with those of \(tree.training.root)"
      )
    }
    if configuration.folds == 1, let validation = tree.validation {
      let related = validation.countRelated(to: tree.training)
      if related > 0 {
        notices.append(
          "group-by: \(related) of the \(validation.count) images of \(validation.root) belong to groups that are trained "
            + "on, too, so the figures are too good; take those out of one of them")
      }
    }
    folderNotices = notices
  }

  /// Whether the program has divided the images.
  package var isDrawn: Bool { isValidationSplitOff || folds > 1 }

  /// Notices for people before a file is read: about the folders, and about classes without validation
  /// images.
  package var notices: [String] {
    folderNotices + [UsableImages(training: training, validation: validation).notice].compactMap { $0 }
  }
}

extension TrainingConfiguration {
  /// Checks that a given setting decides something about the folders that were found.
  fileprivate func requireEffect(on tree: DatasetTree) throws(ConfigurationError) {
    if let folder = tree.validationFolder {
      try require(
        $validationFraction.isAutomatic, "val-fraction",
        "has no effect beside the validation folder \(data)/\(folder); leave it out, or train on a folder without one"
      )
    }
    if tree.isTable, tree.validation != nil, validation == nil {
      try require(
        $validationFraction.isAutomatic, "val-fraction",
        "has no effect beside images of split val in \(tree.training.root); leave it out")
    }
    try require(
      layout == .auto || !(Dataset.isPacked(data) || tree.isTable), "layout",
      "has no effect where a \(tree.isTable ? "table of labels" : "packed file") says the classes; leave it out"
    )
    try require(
      labels == nil || !Dataset.isPacked(data), "labels",
      "has no effect on a packed file, which knows its classes; leave it out")
  }
}

extension TrainingConfiguration {
  /// How a cross-validation divides its images.
  package var division: StratifiedFolds { StratifiedFolds(count: folds, seed: seed) }

  /// How validation images are set aside, where ``validationFraction`` is above 0.
  package var split: StratifiedSplit { StratifiedSplit(fraction: validationFraction, seed: seed) }
}
