#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What makes a classifier's probabilities as sure as it is right: all its logarithms are divided by one number.
///
///     p'ₖ = pₖ^(1/T) / Σⱼ pⱼ^(1/T)
///
/// With T above 1 it is less sure, below 1 surer; which class is the most probable stays.
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, section 4.2.
enum Temperature {
  /// What a fit does not go beyond: probabilities that are all right, or all wrong, have no best temperature.
  static let range = 0.01...100.0

  /// The temperature with the least mean cross-entropy, within ``range``.
  ///
  /// - Parameter labelled: Probabilities, of at least one image, that the network was not trained on.
  static func fitted(to labelled: LabelledOutputs) -> Double { fit(to: labelled).temperature }

  /// The temperature with the least mean cross-entropy, within ``range``, and how little the images leave in doubt.
  ///
  /// - Parameter labelled: As for ``fitted(to:)``.
  /// - Returns: The temperature, and the standard error of its logarithm, from the curvature of the likelihood at its
  ///   largest (Fisher's information): infinite, or nearly, where every temperature beyond some is as good.
  static func fit(to labelled: LabelledOutputs) -> (temperature: Double, error: Double) {
    // In β = 1/T the cross-entropy is convex, and its derivatives are a mean and a variance of the logarithms.
    let logarithms = labelled.outputs.map(logarithm)
    var (low, high) = (1 / range.upperBound, 1 / range.lowerBound)
    var beta = 1.0
    for _ in 0..<100 {
      let (slope, curvature) = derivatives(logarithms, labelled, beta)
      if slope > 0 { high = beta } else { low = beta }
      let newton = beta - slope / curvature
      // Where Newton's step leaves what is known to hold the minimum, the middle is nearer.
      let next = newton > low && newton < high ? newton : (low + high) / 2
      if abs(next - beta) <= 1e-12 * beta { break }
      beta = next
    }
    let information = derivatives(logarithms, labelled, beta).1 * Double(labelled.count)
    return (
      min(range.upperBound, max(range.lowerBound, 1 / beta)), 1 / (beta * information.squareRoot())
    )
  }

  /// The first and the second derivative of the mean cross-entropy by β.
  private static func derivatives(
    _ logarithms: [Double], _ labelled: LabelledOutputs, _ beta: Double
  ) -> (Double, Double) {
    let classes = labelled.classCount
    var (slope, curvature) = (0.0, 0.0)
    for (image, label) in labelled.labels.enumerated() {
      let row = logarithms[image * classes..<(image + 1) * classes]
      let top = row.max() ?? 0
      var (sum, first, second) = (0.0, 0.0, 0.0)
      for value in row {
        let weight = exp(beta * (value - top))
        sum += weight
        first += weight * value
        second += weight * value * value
      }
      let mean = first / sum
      slope += mean - logarithms[image * classes + Int(label)]
      curvature += max(0, second / sum - mean * mean)
    }
    let count = Double(max(1, labelled.count))
    return (slope / count, max(curvature / count, .leastNormalMagnitude))
  }

  /// Makes a row of probabilities less or more sure, in place.
  static func apply(_ temperature: Double, to probabilities: UnsafeMutableBufferPointer<Float>) {
    var top = -Double.infinity
    for probability in probabilities { top = max(top, logarithm(probability)) }
    var sum = 0.0
    for probability in probabilities { sum += exp((logarithm(probability) - top) / temperature) }
    for index in probabilities.indices {
      probabilities[index] = Float(exp((logarithm(probabilities[index]) - top) / temperature) / sum)
    }
  }

  /// Of a probability that was too small for its type, that of the least.
  private static func logarithm(_ probability: Float) -> Double {
    log(max(Double(probability), Double(Float.leastNormalMagnitude)))
  }
}
