import MillraceModels
public import MillracePipeline

/// How many bits the weights of a C file have.
public enum Quantization: Sendable {
  /// As they are.
  case float32
  /// Eight, with a scale for each output of a layer; what goes into layers has eight bits, too, within ranges that are
  /// measured on images: take some that the model was trained on.
  case int8(calibratedOn: Dataset)

  var isInt8: Bool {
    if case .int8 = self { true } else { false }
  }

  /// The most images that are looked at, at equal distances through those that there are.
  static let imageLimit = 512
}

extension Model {
  /// The steps of its networks with weights of eight bits.
  ///
  /// - Parameters:
  ///   - members: The steps of each network.
  ///   - images: What ranges are measured on.
  /// - Throws: `DatasetError/noReadableImage(first:)`, or what loading throws.
  func quantized(_ members: [[any NetworkStep]], on images: Dataset) throws -> [[any NetworkStep]] {
    guard images.count > 0 else { throw DatasetError.empty(path: images.root) }
    let producer = try MinibatchProducer(
      dataset: images.evenlySpaced(Quantization.imageLimit),
      loading: ImageLoading(preprocessing: preprocessing),
      shuffles: false, options: MinibatchProducer.Options(batchSize: 32, epochs: 0..<1))
    defer { producer.stop() }
    // Zero is always in a range.
    var ranges = members.map { $0.map { _ in Float(0)...Float(0) } }
    var firstBad: SkippedSample?
    var count = 0
    while let minibatch = try producer.next() {
      defer { producer.release(minibatch) }
      firstBad = firstBad ?? minibatch.skipped.first
      for row in 0..<minibatch.count {
        count += 1
        let pixels = Array(
          UnsafeBufferPointer(start: minibatch.features(ofRow: row), count: preprocessing.featureCount))
        for (member, steps) in members.enumerated() {
          var values = pixels
          for (place, step) in steps.enumerated() {
            ranges[member][place] = ranges[member][place].including(values)
            values = step.run(values)
          }
        }
      }
    }
    if count == 0, let firstBad {
      throw DatasetError.noReadableImage(first: "\(firstBad.path): \(firstBad.reason)")
    }
    return zip(members, ranges).map { steps, ranges in
      zip(steps, ranges).map { $0.quantized(for: $1) }
    }
  }
}

extension ClosedRange<Float> {
  /// The range with some values in it; what is no number is left out.
  fileprivate func including(_ values: [Float]) -> Self {
    var (low, high) = (lowerBound, upperBound)
    for value in values where value.isFinite {
      if value < low { low = value }
      if value > high { high = value }
    }
    return low...high
  }
}
