import MillraceNetwork

extension TrainingConfiguration {
  /// Whether outputs are probabilities of which exactly one class is meant.
  var givesProbabilitiesOfOneClass: Bool { loss == .crossEntropy && resolvedOutput == .softmax }

  /// Whether a temperature is to be fitted at the end.
  var fitsTemperature: Bool { calibrates && reasonWithoutEffect(of: "calibrate") == nil }

  /// What a person should know where a temperature was to be fitted and the images tell none.
  static func notCalibrated(_ images: Int) -> String {
    "calibrate: the \(images) validation images tell too little of how sure the model may be (too few, or too few of them "
      + "wrong); its probabilities stay as they are"
  }
}
