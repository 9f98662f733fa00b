import MillraceNetwork
import MillraceTraining

/// An epoch as TensorBoard shows it: the part of a tag before the slash is its group.
enum EpochSummary {
  /// The scalars and histograms of an epoch.
  static func values(_ report: EpochReport) -> [TensorBoardSummary.Value] {
    scalars(report).compactMap { entry in entry.value.map { scalar(entry.tag, $0) } }
      + histograms(report.statistics)
  }

  /// The scalars of an epoch; those without a value are left out.
  private static func scalars(_ report: EpochReport) -> [(tag: String, value: Double?)] {
    var scalars: [(tag: String, value: Double?)] = [
      ("loss/train", report.training.mean), ("accuracy/train", report.training.accuracy),
      ("learning_rate", report.learningRate), ("speed/images_per_second", report.imagesPerSecond),
      ("wait/compute", report.computeWait), ("wait/loader", report.loaderWait),
    ]
    if let validation = report.validation {
      scalars += [("loss/validation", validation.mean), ("accuracy/validation", validation.accuracy)]
    }
    guard let statistics = report.statistics else { return scalars }
    scalars += [
      ("norm/weights", statistics.weightNorm), ("norm/gradient", statistics.gradientNorm),
      ("zeros/weights", statistics.zeroShare),
    ]
    scalars += statistics.weights.map { ("norm/gradient of \($0.name)", $0.gradientNorm) }
    scalars += statistics.rectified.map { ("dead units/\($0.name)", $0.dead) }
    return scalars
  }

  private static func histograms(_ statistics: NetworkStatistics?) -> [TensorBoardSummary.Value] {
    (statistics?.weights ?? []).flatMap { tensor in
      [
        histogram("weights/\(tensor.name)", tensor.histogram, over: tensor.range),
        histogram("gradients/\(tensor.name)", tensor.gradientHistogram, over: tensor.gradientRange),
      ]
    }
  }

  private static func scalar(_ tag: String, _ number: Double) -> TensorBoardSummary.Value {
    var value = TensorBoardSummary.Value()
    value.tag = tag
    value.simpleValue = Float(number)
    return value
  }

  /// A histogram of equal bins; its sums take every value as the middle of its bin.
  private static func histogram(
    _ tag: String, _ bins: [Int], over range: ClosedRange<Float>
  ) -> TensorBoardSummary.Value {
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    let width = (high - low) / Double(bins.count)
    var histogram = TensorBoardHistogramProto()
    histogram.min = low
    histogram.max = high
    histogram.num = Double(bins.reduce(0, +))
    for (index, count) in bins.enumerated() {
      let middle = low + width * (Double(index) + 0.5)
      histogram.sum += Double(count) * middle
      histogram.sumSquares += Double(count) * middle * middle
    }
    // Where all values are equal, there is one bucket without width.
    histogram.bucketLimit = high > low ? bins.indices.map { low + width * Double($0 + 1) } : [high]
    histogram.bucket = high > low ? bins.map(Double.init) : [histogram.num]
    var value = TensorBoardSummary.Value()
    value.tag = tag
    value.histo = histogram
    return value
  }
}
