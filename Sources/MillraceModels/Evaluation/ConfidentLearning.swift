/// How likely each label of a data set is wrong, judged by the probabilities of models that were not trained on the
/// image.
///
/// A class's threshold tⱼ is the mean probability of class j over the images labelled j: what a label of that class
/// usually gets. An image of label y and probabilities p is the more suspect, the more another class is beyond its
/// threshold than its own:
///
///     suspicion = maxⱼ≠y (pⱼ − tⱼ) − (p_y − t_y)
///
/// This is the normalised margin, with the thresholds taken off so that classes that are always hard, or always
/// confident, are judged by their own measure. An image is *suspect* where it lies off the diagonal of the confident
/// joint: among the classes with pⱼ ≥ tⱼ the most probable one is another than y.
///
/// Source: Northcutt, Jiang, Chuang, "Confident learning: Estimating uncertainty in dataset labels", Journal of
/// Artificial Intelligence Research 70, 2021, sections 3.1 and 3.2.
public struct ConfidentLearning: Sendable {
  /// tⱼ of each class; infinite for a class without images.
  public let thresholds: [Double]

  /// Finds the thresholds.
  ///
  /// - Parameters:
  ///   - labels: The class of each image.
  ///   - probabilities: (images, classes), row after row.
  ///   - classes: The number of classes, at least 1.
  public init(labels: [Int], probabilities: [Float], classes: Int) {
    precondition(
      probabilities.count == labels.count * classes,
      "\(labels.count) images of \(classes) classes need as many rows")
    var sums = [Double](repeating: 0, count: classes)
    var counts = [Int](repeating: 0, count: classes)
    for (image, label) in labels.enumerated() {
      sums[label] += Double(probabilities[image * classes + label])
      counts[label] += 1
    }
    thresholds = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : .infinity }
  }

  /// How suspect a label is, and the class that the image is more likely of.
  ///
  /// - Parameters:
  ///   - label: The image's class.
  ///   - probabilities: One a class.
  /// - Returns: For probabilities, a suspicion from −2, surely right, to 2, surely wrong.
  public func judge(
    label: Int, probabilities: some RandomAccessCollection<Float>
  ) -> (suspicion: Double, rival: Int) {
    var own = 0.0
    var rival = (index: label, excess: -Double.infinity)
    for (index, (probability, threshold)) in zip(probabilities, thresholds).enumerated() {
      let excess = Double(probability) - threshold
      if index == label {
        own = excess
      } else if excess > rival.excess {
        rival = (index, excess)
      }
    }
    // Where all images are of one class there is no other to take them for.
    return (rival.excess > -.infinity ? rival.excess - own : -2, rival.index)
  }

  /// Whether the confident joint counts the image for another class than its label.
  public func isSuspect(label: Int, probabilities: some RandomAccessCollection<Float>) -> Bool {
    var found: (index: Int, probability: Float)?
    for (index, (probability, threshold)) in zip(probabilities, thresholds).enumerated()
    where Double(probability) >= threshold && probability > found?.probability ?? -.infinity {
      found = (index, probability)
    }
    return found.map { $0.index != label } ?? false
  }
}
