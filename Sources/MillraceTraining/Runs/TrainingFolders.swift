import MillraceModels
package import MillracePipeline

/// The images in a configuration's folders, before any are set aside.
package struct TrainingFolders: Sendable {
  /// The images to train and validate on.
  package let tree: DatasetTree

  /// The images that the folds of a cross-validation divide: all except those for a test; nil without folds.
  let folded: Dataset?

  /// The test images that were set aside, which `tree` no longer holds; nil where there are none.
  let test: Dataset?

  /// The rule that says which images belong together.
  package let grouping: DatasetGrouping
  /// Notices about the groups for people, each in one line.
  package let notices: [String]

  /// A key that tells the folders of one configuration from those of another.
  struct Key: Hashable {
    let data: ExactText
    let labels: ExactText?
    let validation: ExactText?
    let layout: DatasetLayout
    /// The rule of the groups; nil where the program chooses it.
    let grouping: DatasetGrouping?
    let isFolded: Bool
    /// What decides which images are set aside for a test; nil where none are.
    let test: [UInt64]?

    init(_ configuration: TrainingConfiguration) {
      data = ExactText(configuration.data)
      labels = configuration.labels.map(ExactText.init)
      validation = configuration.validation.map(ExactText.init)
      layout = configuration.layout
      grouping = configuration.$grouping.isAutomatic ? nil : configuration.grouping
      isFolded = configuration.folds > 1
      test = configuration.testFraction.map { [$0.bitPattern, configuration.seed] }
    }
  }

  /// Scans the folders, and reads every image where look-alikes are to be found.
  ///
  /// - Throws: `DatasetError`; ``ConfigurationError`` for groups that do not exist; `OutOfDescriptors`.
  package init(_ configuration: TrainingConfiguration) throws {
    try self.init(lookingAt: configuration)
    if let fault = tree.faults.first { throw fault }
  }

  /// Scans the folders to look at their contents: ``DatasetTree/faults`` may make training on them
  /// impossible.
  ///
  /// - Parameter inspect: Inspects every image, in order, where look-alikes are to be found.
  /// - Throws: `DatasetError` where it is not clear what the folders are, or where there is no image at all;
  ///   ``ConfigurationError`` for groups that do not exist; what `inspect` throws.
  package init(
    lookingAt configuration: TrainingConfiguration,
    inspect: ((Dataset) throws -> [InspectedImage])? = nil
  ) throws {
    var tree = try DatasetTree.look(
      at: configuration.data, layout: configuration.layout, validation: configuration.validation,
      labels: configuration.labels)
    let areNamed = tree.training.isGrouped || tree.validation?.isGrouped ?? false
    grouping = configuration.$grouping.isAutomatic ? (areNamed ? .data : .none) : configuration.grouping
    notices = try tree.group(by: grouping) { try inspect?($0) ?? configuration.inspect($0) { _, _ in } }
    if let fraction = configuration.testFraction {
      if let folder = tree.testFolder {
        throw ConfigurationError(
          setting: "test-fraction",
          problem: "has no effect beside "
            + (tree.isTable ? "images of split test in \(tree.training.root)" : "the test folder \(folder)")
            + "; leave it out")
      }
      let parts = StratifiedSplit(fraction: fraction, seed: configuration.seed, forTest: true)(tree.training)
      (tree.training, test) = (parts.training, parts.validation.count > 0 ? parts.validation : nil)
    } else {
      test = nil
    }
    self.tree = tree
    folded =
      configuration.folds > 1 ? tree.validation.map(tree.training.joined(with:)) ?? tree.training : nil
    if configuration.folds > 1 { try requireSeveralGroups() }
  }

  /// All images except those for a test, as they are before they are divided.
  package var undivided: Dataset {
    folded ?? tree.validation.map(tree.training.joined(with:)) ?? tree.training
  }

  /// Checks that each class can be in two folds.
  private func requireSeveralGroups() throws(ConfigurationError) {
    guard let folded, folded.isGrouped else { return }
    var groups = [Int](repeating: 0, count: folded.classes.count)
    for samples in folded.samplesOfGroups {
      for label in Set(samples.map(folded.label(of:))) { groups[label] += 1 }
    }
    guard let label = groups.firstIndex(of: 1) else { return }
    throw ConfigurationError(
      setting: "group-by",
      problem:
        "all images of class '\(folded.classes[label])' are of one group, so one of the folds would train without it; "
        + "add images of other groups, or leave folds out")
  }
}

extension DatasetTree {
  /// Finds out which images belong together.
  ///
  /// - Returns: Notices about the groups for people, each in one line.
  fileprivate mutating func group(
    by grouping: DatasetGrouping, inspect: (Dataset) throws -> [InspectedImage]
  ) throws -> [String] {
    var notices: [String] = []
    var keys: [UInt64?]?
    switch grouping {
    case .none: break
    case .data:
      guard training.isGrouped || validation?.isGrouped ?? false else {
        throw ConfigurationError(
          setting: "group-by",
          problem:
            "is data, and \(training.root) names no groups; give a table with a column group, or say what "
            + "belongs together: look-alikes, or a regular expression on paths")
      }
      keys = [training, validation].compactMap { $0 }.flatMap { part in (0..<part.count).map(part.group(of:))
      }
    case .pattern(let pattern):
      let found = try [training, validation].compactMap { $0 }.flatMap { try $0.groupKeys(matching: pattern) }
      let missing = found.count { $0 == nil }
      guard missing < found.count else {
        throw ConfigurationError(
          setting: "group-by",
          problem:
            "'\(pattern)' matches nothing in any path, such as \(training.relativePath(of: 0)); paths are "
            + "relative to \(training.root)")
      }
      if missing > 0 {
        notices.append(
          "group-by: '\(pattern)' matches nothing in \(missing) of \(found.count) paths, each of which stands alone"
        )
      }
      keys = found
    case .lookAlikes:
      let all = validation.map(training.joined(with:)) ?? training
      try all.requireFiles()
      keys = SimilarImages.keys(of: try inspect(all))
    }
    // Where nothing belongs together the images are divided as usual.
    let named = keys?.compactMap { $0 } ?? []
    if Set(named).count == named.count { keys = nil }
    let count = training.count
    training = training.grouped(by: keys.map { Array($0[..<count]) })
    validation = validation.map { part in part.grouped(by: keys.map { Array($0[count...]) }) }
    return notices
  }
}
