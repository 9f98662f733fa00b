package import MillraceModels
package import MillracePipeline

/// The state of a run, beside its model and vectors: the part of a ``Checkpoint`` that is not an array.
package struct TrainingState: Sendable, Codable {
  /// The steps done; in a refit, the steps of the refit.
  package var stepsDone: Int
  /// How far the training has come; in a refit, how far the refit has.
  package var progress: TrainingProgress
  /// What the first part of a run with ``OptimizationOptions/refits`` has found, once the second has begun.
  package var search: SearchResult?
  /// Every setting of the run with the value that it has come to, by name.
  package var settings: [String: String]
  /// Why the program has chosen the values that it has chosen, by name; nil in a file of a version that did
  /// not tell them apart from given ones.
  package var choices: [String: String]?
  /// The identity of the training images.
  package var training: DatasetIdentity
  /// The identity of the validation images; nil without validation.
  package var validation: DatasetIdentity?
  /// The number of epochs that were announced to the observers, including those of a refit.
  package var epochsTold: Int
  /// The files that could not be used so far.
  package var skipped: [SkippedSample]
  /// The samples that were decoded with warnings so far, numbered as in
  /// ``TrainingEvent/decodedWithWarnings(samples:)``.
  package var warned: [Int32]
  /// The seconds that the run has taken.
  package var seconds: Double
  /// The checksum of the parameters that the run began with, where a file gave them (`init-weights`).
  package var initialWeights: UInt32?
}

/// What the first part of a run with ``OptimizationOptions/refits`` hands to the second.
package struct SearchResult: Sendable, Codable {
  /// The best epoch's report.
  package var best: EpochReport
  /// The steps until that epoch's end: the second part takes as many.
  package var steps: Int
  /// The steps of each epoch of the first part.
  package var stepsPerEpoch: Int
  /// The first part's epochs.
  package var epochs: Int
  /// The loss on the validation samples after each epoch of the first part.
  package var validationLosses: [Double]
  /// What was fitted to the validation images, of the best epoch's weights; nil where nothing was.
  package var calibration: TemperatureFit?
}

/// The identity of a data set: names and numbers, not contents.
package struct DatasetIdentity: Sendable, Codable, Hashable {
  /// The classes, by label.
  package var classes: [String]
  /// The number of images.
  package var count: Int
  /// The value of `Dataset/fingerprint`.
  package var fingerprint: UInt64
}

extension DatasetIdentity {
  /// The identity of a data set.
  package init(_ dataset: Dataset) {
    self.init(classes: dataset.classes, count: dataset.count, fingerprint: dataset.fingerprint)
  }

  /// What differs in another data set, in a few words; nil where nothing does.
  package func difference(to now: DatasetIdentity) -> String? {
    if !classes.isExactly(now.classes) {
      let (was, are) = (Set(classes.map(ExactText.init)), Set(now.classes.map(ExactText.init)))
      let gone = classes.filter { !are.contains(ExactText($0)) }
      let new = now.classes.filter { !was.contains(ExactText($0)) }
      let names = (gone + new).toldApart
      let parts = [("without", names.prefix(gone.count)), ("with a new", names.dropFirst(gone.count))]
        .filter { !$0.1.isEmpty }.map { word, names in
          "\(word) class \(names.prefix(3).map(quotedForMessage).joined(separator: ", "))"
        }
      return parts.isEmpty ? "its classes are in another order" : "it is \(parts.joined(separator: " and "))"
    }
    if count != now.count { return "it had \(count) images and has \(now.count)" }
    if fingerprint == now.fingerprint { return nil }
    return "files were renamed, added or removed among its \(count) images"
  }
}
