public import MillracePipeline
import MillraceTraining

extension DatasetReport {
  /// How many of the images that a model is judged by belong to images that it was trained on: it knows them already, and
  /// the figures are too good.
  public struct Leakage: Sendable, Hashable {
    /// What says which images belong together: `group-by`, or look-alikes where that says nothing.
    public let grouping: DatasetGrouping
    /// Groups of two or more images.
    public let groups: Int
    /// The images that are judged by: those validated on, or with folds all of them.
    public let judged: Int
    /// Those of them that belong to images trained on where each image is drawn by itself.
    public let leaking: Int
    /// Whether `group-by` keeps them on one side, so that in truth none leaks.
    public let isPrevented: Bool
    /// Whether the program divides the images, so that `group-by` can keep groups on one side.
    public let isDrawn: Bool
  }
}

extension DatasetReport.Leakage {
  /// Counts what leaks, or would without `group-by`; nil where nothing is judged by.
  ///
  /// - Parameters:
  ///   - folders: The images before they are divided.
  ///   - images: What was found out about each of them, in the order of `TrainingFolders.undivided`.
  ///   - data: The images as they are divided.
  init?(
    _ folders: TrainingFolders, _ images: [InspectedImage], _ data: TrainingData,
    _ configuration: TrainingConfiguration
  ) {
    let undivided = folders.undivided
    let isGrouped = undivided.isGrouped
    let grouped =
      isGrouped ? undivided : undivided.grouped(by: SimilarImages.keys(of: images))
    let alone = undivided.grouped(by: nil)
    // The side of each image: its fold, or whether it is validated on.
    var sides: [Int]
    if data.folds > 1 {
      sides = configuration.division.folds(of: alone)
    } else if data.isValidationSplitOff {
      sides = Array(repeating: 0, count: alone.count)
      for sample in alone.places(of: configuration.split(alone).validation) { sides[sample] = 1 }
    } else {
      sides = (0..<alone.count).map { $0 < data.training.count ? 0 : 1 }
    }
    func isJudged(_ sample: Int) -> Bool { data.folds > 1 || sides[sample] == 1 }
    judged = sides.indices.count(where: isJudged)
    if judged == 0 { return nil }
    let several = grouped.samplesOfGroups.filter { $0.count > 1 }
    groups = several.count
    leaking = several.reduce(0) { sum, samples in
      let isWhole = samples.allSatisfy { sides[$0] == sides[samples[0]] }
      return isWhole ? sum : sum + samples.count(where: isJudged)
    }
    grouping = isGrouped ? folders.grouping : .lookAlikes
    isDrawn = data.isDrawn
    isPrevented = isGrouped && data.isDrawn
  }
}
