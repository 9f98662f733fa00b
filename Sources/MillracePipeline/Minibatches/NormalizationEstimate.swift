package import MillraceImages

/// The mean and standard deviation of each channel, measured on some of the training images.
package struct NormalizationEstimate: Sendable, Hashable {
  /// The measured normalisation.
  package let normalization: Normalization
  /// The number of images that were measured.
  package let imageCount: Int
  /// Images that were tried and could not be read.
  package let skipped: [SkippedSample]

  /// The largest number of images that are measured.
  package static let maxImages = 2_000

  /// Measures images at equal distances through the data set, under evaluation's preprocessing.
  ///
  /// The result depends only on the images: they are summed in their order, whichever loader brings them.
  ///
  /// - Parameters:
  ///   - dataset: The training images.
  ///   - preprocessing: How images are loaded; its normalisation is not used.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  ///   - onBadSample: What happens when an image cannot be read.
  ///   - loaders: The number of threads.
  ///   - observe: Is called again and again with the number of images measured. An error that it throws ends the
  ///     measurement.
  /// - Throws: ``DatasetError/noReadableImage(first:)``, or what loading throws.
  package static func measure(
    _ dataset: Dataset, preprocessing: Preprocessing, limits: DecodeLimits = DecodeLimits(),
    maxFileBytes: Int = 1 << 28, onBadSample: BadSamplePolicy = .skip, loaders: Int = 2,
    observe: (_ images: Int) throws -> Void = { _ in }
  ) throws -> NormalizationEstimate {
    let plain = try preprocessing.normalized(by: .zeroToOne(preprocessing.channels))
    let producer = try MinibatchProducer(
      dataset: dataset.evenlySpaced(maxImages),
      loading: ImageLoading(preprocessing: plain, limits: limits, maxFileBytes: maxFileBytes),
      shuffles: false,
      options: MinibatchProducer.Options(
        batchSize: 32, epochs: 0..<1, loaders: loaders, onBadSample: onBadSample))
    defer { producer.stop() }

    var moments = ChannelMoments(
      channels: plain.channels.rawValue, pixels: plain.size.width * plain.size.height)
    var skipped: [SkippedSample] = []
    while let minibatch = try producer.next() {
      for row in 0..<minibatch.count { moments.add(minibatch.features(ofRow: row)) }
      skipped += minibatch.skipped
      producer.release(minibatch)
      try observe(moments.images)
    }
    if moments.images == 0, let first = skipped.first {
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    return NormalizationEstimate(
      normalization: moments.normalization, imageCount: moments.images, skipped: skipped)
  }
}

/// Sums of pixel values and of their squares, by channel.
private struct ChannelMoments {
  let pixels: Int
  private(set) var images = 0
  private var sums: [Double]
  private var squares: [Double]

  init(channels: Int, pixels: Int) {
    self.pixels = pixels
    sums = Array(repeating: 0, count: channels)
    squares = Array(repeating: 0, count: channels)
  }

  /// Adds an image's planes.
  mutating func add(_ image: UnsafePointer<Float>) {
    for channel in sums.indices {
      var sum = 0.0
      var square = 0.0
      for pixel in 0..<pixels {
        let value = Double(image[channel * pixels + pixel])
        sum += value
        square += value * value
      }
      sums[channel] += sum
      squares[channel] += square
    }
    images += 1
  }

  var normalization: Normalization {
    let count = Double(max(1, images * pixels))
    let means = sums.map { $0 / count }
    let deviations = zip(means, squares).map { mean, square in
      // Images of one colour have no deviation to divide by; one gray level is the smallest difference.
      max((max(0, square / count - mean * mean)).squareRoot(), 1 / 255)
    }
    return Normalization(mean: means.map(Float.init), standardDeviation: deviations.map(Float.init))
  }
}
