import MillraceModels
import MillracePipeline
import MillraceTraining

// These make the configurations that a search trains and judges by, from the automatic choice.
extension TrainingConfiguration {
  /// Checks that each candidate is one network.
  func requireOneNetwork() throws(ConfigurationError) {
    try require(
      !isEnsemble, folds > 1 ? "folds" : "ensemble",
      "trains several networks, and candidates are of one; leave it out, and give it to train with what was found"
    )
  }

  /// Checks that candidates can be judged, and can be trained for a part of the epochs.
  func requireSearchable(_ data: TrainingData) throws(ConfigurationError) {
    try require(
      data.validation?.count ?? 0 > 0, "val-fraction",
      "candidates are judged by images that they are not trained on, and there are none; set val or val-fraction"
    )
    try require(
      optimization.denseSparseDense == nil, "dsd",
      "its phases are for one number of epochs, and candidates are trained for several; leave it out")
  }

  /// Checks that a search which is resumed comes to the result that it would have had.
  func requireSameResult(_ wanted: TrainingConfiguration, path: String) throws(ResumeError) {
    let differences = differences(
      to: wanted, except: ConfigurationSetting.freeToChange,
      epochsReason: "the plan of the search was made for them")
    if !differences.isEmpty { throw .settingsDiffer(path: path, differences: differences) }
  }

  /// The automatic choice as a search trains it.
  ///
  /// The learning rate follows a whole training of as many epochs as the last rung has, and a rung is a part of it:
  /// a schedule that came to its end in every rung would favour settings that learn fast, and such a training could
  /// not go on. In the middle of a schedule the rate's noise lets the weights wander, so candidates are judged by
  /// an average of them, which does what a falling rate would do.
  /// Source: Sandler, Zhmoginov, Vladymyrov, Miller, "Training trajectories, mini-batch losses and the curious role
  /// of the learning rate", 2023.
  ///
  /// - Parameters:
  ///   - epochs: The epochs of the last rung.
  ///   - fraction: The share of the images that is held back to judge by; nil: as configured.
  ///   - averageDecay: The share that each step keeps in the average, where none is kept anyway.
  func searched(epochs: Int, fraction: Double?, averageDecay: Double?) -> TrainingConfiguration {
    var searched = lasting(epochs: epochs)
    if let fraction { searched = searched.holdingBack(fraction) }
    if let averageDecay { searched.optimization.regularization.averageDecay = averageDecay }
    searched.optimization.earlyStopping.patience = nil
    searched.optimization.refits = false
    searched.execution = execution
    return searched
  }

  /// The average by which candidates are judged: over a fifth of the first rung's steps; nil where one is
  /// kept anyway.
  func searchAverageDecay(steps: Int) -> Double? {
    guard optimization.regularization.averageDecay == nil else { return nil }
    return 1 - 1 / max(2, Double(steps / 5))
  }

  /// The configuration for another number of epochs, with its warm-up in proportion.
  func lasting(epochs: Int) -> TrainingConfiguration {
    guard epochs != optimization.epochs else { return self }
    var changed = self
    changed.optimization.epochs = epochs
    if optimization.warmupEpochs > 0 {
      changed.optimization.warmupEpochs =
        optimization.warmupEpochs * Double(epochs) / Double(optimization.epochs)
    }
    return changed
  }

  /// The configuration with all automatic choices given, so that nothing is chosen otherwise beside another
  /// setting.
  func pinned() throws -> TrainingConfiguration {
    var pinned = self
    // The validation share follows from nothing else, and cannot be given beside a validation folder.
    for setting in resolvedSettings where !setting.isGiven && setting.key != "val-fraction" {
      try pinned.set(setting.key, to: setting.text)
    }
    return pinned
  }
}
