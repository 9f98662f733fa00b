import MillraceModels

/// A fitted temperature for people.
struct TemperatureText {
  let fit: TemperatureFit

  /// What it does to the calibration error and to the loss, in words.
  var text: String {
    let errors =
      "\(Figures.percent(fit.before.calibrationError)) → \(Figures.percent(fit.after.calibrationError))"
    let losses = "\(Figures.fixed(fit.before.loss, 4)) → \(Figures.fixed(fit.after.loss, 4))"
    let images = Figures.count(fit.count, "validation image")
    return
      "temperature \(Figures.significant(fit.temperature)) from \(images): calibration error \(errors), loss \(losses)"
  }

  /// The line that tells it at the end of a run.
  ///
  /// - Parameter isBeforeRefit: Whether the model was trained afresh since.
  func entries(isBeforeRefit: Bool) -> [(String, String)] {
    [("calibrated", text + (isBeforeRefit ? ", before the model learned from these images, too" : ""))]
  }
}
