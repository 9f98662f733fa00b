import MillracePipeline
import MillraceTraining

/// The images of a search: those that all candidates are trained on and chosen by, and those by which the
/// best candidate is compared with the automatic choice. The latter are other divisions of the same images
/// where these can be divided, and otherwise the same.
struct SearchImages {
  /// The share of the images that is held back to judge by; nil where it is as configured.
  let fraction: Double?
  /// The images of the rungs, then those of each comparison.
  let parts: [TrainingData]
  /// Whether the comparisons judge by images that no candidate was chosen by; then no image judges twice.
  let areOthers: Bool

  /// This many images tell a difference of some per cent from chance.
  private static let wantedValidation = 400.0
  /// The largest share that is held back to judge by, of images that are needed to learn from.
  private static let mostValidation = 1.0 / 3
  /// More comparisons cost more than they tell.
  private static let mostComparisons = 4.0

  /// Divides a run's images.
  ///
  /// The usual tenth of a few hundred images tells nothing: of 34 images, six more right is the least that is
  /// not chance. Where a validation folder or share is given, candidates are chosen by its images.
  ///
  /// - Parameters:
  ///   - data: The images, divided as in any training.
  ///   - configuration: The automatic choice.
  ///   - images: What the trainings share.
  init(_ data: TrainingData, _ configuration: TrainingConfiguration, _ images: SharedImages) throws {
    guard let validation = data.validation, data.isValidationSplitOff else {
      (fraction, parts, areOthers) = (nil, [data, data], false)
      return
    }
    var (rungs, fraction) = (data, Double?.none)
    let count = data.training.count + validation.count
    let share = min(Self.mostValidation, Self.wantedValidation / Double(count))
    // A share of three digits can be written down.
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
  /// The configuration with another share of the images to judge by; it counts as given only where a share
  /// was given before.
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
  /// Other divisions of the same images, each of which judges by as many images, none of them used by an
  /// earlier one.
  ///
  /// - Parameter count: The number of divisions, where there are enough images for it.
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
