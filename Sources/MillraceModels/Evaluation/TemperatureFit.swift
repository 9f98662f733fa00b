/// A temperature that was fitted to images at the end of a training, and what it does to their figures.
///
/// The figures are of the very images that it was fitted to: one number is fitted, so on others they are hardly worse, but
/// not as good.
public struct TemperatureFit: Sendable, Hashable, Codable {
  /// How sure probabilities are, and how right.
  public struct Figures: Sendable, Hashable, Codable {
    /// The mean cross-entropy.
    public let loss: Double
    /// ``Calibration/expectedError``.
    public let calibrationError: Double
  }

  /// T; see ``Model/temperature``.
  public let temperature: Double
  /// The images.
  public let count: Int
  /// Their figures as the network has them.
  public let before: Figures
  /// Their figures with the temperature.
  public let after: Figures

  /// The standard error of the temperature's logarithm above which images tell too little: the true temperature may be a
  /// quarter off.
  private static let largestError = 0.25

  /// Fits a temperature.
  ///
  /// - Parameter labelled: Probabilities of images that the network was not trained on.
  /// - Returns: Nil where the images tell too little: where all are right, say, no temperature is low enough.
  package init?(to labelled: LabelledOutputs) {
    guard labelled.count > 0 else { return nil }
    let fit = Temperature.fit(to: labelled)
    guard fit.error <= Self.largestError, let before = Figures(labelled, 1),
      let after = Figures(labelled, fit.temperature)
    else { return nil }
    temperature = fit.temperature
    count = labelled.count
    (self.before, self.after) = (before, after)
  }
}

extension TemperatureFit.Figures {
  /// Measures probabilities as a temperature makes them; nil where there are none.
  fileprivate init?(_ labelled: LabelledOutputs, _ temperature: Double) {
    var calibration = Calibration()
    var sum = 0.0
    var row = [Float](repeating: 0, count: labelled.classCount)
    for (image, label) in labelled.labels.enumerated() {
      for index in row.indices { row[index] = labelled[image, index] }
      if temperature != 1 { row.withUnsafeMutableBufferPointer { Temperature.apply(temperature, to: $0) } }
      let predicted = labelled.predicted(image)
      calibration.add(confidence: row[predicted], isCorrect: predicted == Int(label))
      sum += crossEntropy(ofProbability: row[Int(label)])
    }
    guard let error = calibration.expectedError else { return nil }
    self.init(loss: sum / Double(labelled.count), calibrationError: error)
  }
}

extension Model {
  /// The same model whose probabilities have the temperature of a fit; without one, as they are.
  package func calibrated(by fit: TemperatureFit?) -> Model {
    var model = self
    model.temperature = fit?.temperature ?? 1
    return model
  }
}
