import MillracePipeline

/// The images as a search has them: those that all candidates are trained on and chosen by, and those by which the best is
/// compared with the automatic choice: other divisions of the same images where they can be divided, else the same.
struct SearchImages {
  /// The share of the images that is held back to judge by; nil where that is as configured.
  let fraction: Double?
  /// The images of the rungs, then those of each comparison.
  let parts: [TrainingData]
  /// Whether the comparisons judge by images that nobody was chosen by: no image is judged by twice.
  let areOthers: Bool

  /// So many images tell a difference of some per cent from chance.
  private static let wantedValidation = 400.0
  /// The most that is held back to judge by, of images that are needed to learn from.
  private static let mostValidation = 1.0 / 3
  /// More comparisons cost more than they tell.
  private static let mostComparisons = 4.0

  /// Divides a run's images.
  ///
  /// The usual tenth of a few hundred images tells nothing: of 34 images, six more right is the least that is not chance.
  /// Where a folder is there to validate on, or a share is given, that is what candidates are chosen by.
  ///
  /// - Parameters:
  ///   - data: The images as any training has them.
  ///   - configuration: The automatic choice.
  ///   - images: What the trainings have in common.
  init(_ data: TrainingData, _ configuration: TrainingConfiguration, _ images: SharedImages) throws {
    guard let validation = data.validation, data.isValidationSplitOff else {
      (fraction, parts, areOthers) = (nil, [data, data], false)
      return
    }
    var (rungs, fraction) = (data, Double?.none)
    let count = data.training.count + validation.count
    let share = min(Self.mostValidation, Self.wantedValidation / Double(count))
    // Three digits can be written down.
    let wanted = (share * 1000).rounded(.down) / 1000
    if configuration.$validationFraction.isAutomatic, wanted > configuration.validationFraction {
      (rungs, fraction) = (try images.data(for: configuration.holdingBack(wanted)), wanted)
    }
    let judges = Double(max(1, rungs.validation?.count ?? 0))
    let comparisons = min(Self.mostComparisons, (Self.wantedValidation / judges).rounded(.up))
    self.fraction = fraction
    let divisions = rungs.divisions(Int(comparisons), seed: configuration.seed)
    parts = [rungs] + (divisions.isEmpty ? [rungs] : divisions)
    areOthers = !divisions.isEmpty
  }
}

extension TrainingConfiguration {
  /// The same with another share of the images to judge by, given by nobody unless one was.
  func holdingBack(_ fraction: Double) -> TrainingConfiguration {
    var changed = self
    if changed.$validationFraction.isAutomatic {
      changed.$validationFraction.choose(fraction, because: "to judge candidates by")
    } else {
      changed.validationFraction = fraction
    }
    return changed
  }
}

extension TrainingData {
  /// Other divisions of the same images, each of which judges by as many that none before it judged by.
  ///
  /// - Parameter count: How many, where the images are enough for that.
  fileprivate func divisions(_ count: Int, seed: UInt64) -> [TrainingData] {
    guard var judged = validation else { return [] }
    let size = judged.count
    var (divisions, rest): ([TrainingData], Dataset) = ([], training)
    while divisions.count < count, 2 * rest.count > size {
      let share = Double(size) / Double(rest.count)
      var division = self
      if share > 0.9 {
        (division.training, division.validation) = (judged, rest)
        rest = rest.subset([])
      } else {
        let parts = StratifiedSplit(fraction: share, seed: seed)(rest)
        (division.training, division.validation) = (parts.training.joined(with: judged), parts.validation)
        (judged, rest) = (judged.joined(with: parts.validation), parts.training)
      }
      divisions.append(division)
    }
    return divisions
  }
}
