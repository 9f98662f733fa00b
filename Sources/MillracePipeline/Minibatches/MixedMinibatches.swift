public import MillraceImages

/// Minibatches whose rows are mixed with each other by mixup or cutmix, with soft targets.
///
/// Which rows are mixed, and how, follows only from the seed, the epoch and the minibatch's place.
public final class MixedMinibatches: MinibatchSource {
  private let source: any MinibatchSource
  private let mixed: Minibatch
  private let augmentation: BatchAugmentation
  private let preprocessing: Preprocessing
  private let seed: UInt64
  private var mixing = MinibatchMixing()
  private var oneHot: [Float]
  private var isLent = false

  /// Mixes the minibatches of a source.
  ///
  /// - Parameters:
  ///   - source: Labelled minibatches; nobody else may take from it.
  ///   - augmentation: How the minibatches are mixed.
  ///   - preprocessing: How an image becomes a row.
  ///   - classes: The number of classes.
  ///   - capacity: The largest number of rows in a minibatch.
  ///   - seed: The run's seed.
  public init(
    _ source: any MinibatchSource, augmentation: BatchAugmentation, preprocessing: Preprocessing,
    classes: Int, capacity: Int, seed: UInt64
  ) {
    self.source = source
    self.augmentation = augmentation
    self.preprocessing = preprocessing
    self.seed = seed
    mixed = Minibatch(capacity: capacity, featureCount: preprocessing.featureCount, targetCount: classes)
    oneHot = [Float](repeating: 0, count: capacity * classes)
  }

  /// Lends the next minibatch, mixed; the previous one must have been released.
  public func next() throws -> Minibatch? {
    precondition(!isLent, "the previous minibatch must be released first")
    guard let minibatch = try source.next() else { return nil }
    defer { source.release(minibatch) }
    mixed.take(from: minibatch)
    mix(minibatch)
    isLent = true
    return mixed
  }

  /// Takes the minibatch back.
  public func release(_ minibatch: Minibatch) {
    precondition(isLent && minibatch === mixed, "a minibatch was released that is not lent out")
    isLent = false
  }

  /// Lets the source prepare its next minibatch.
  public func prepareNext() throws { try source.prepareNext() }

  /// How long the source and its caller have waited for each other.
  public var waits: WaitTimes { source.waits }
  /// The number of threads of the source.
  public var producerCount: Int { source.producerCount }

  private func mix(_ minibatch: Minibatch) {
    guard let targets = mixed.targets else { return }
    let classes = mixed.targetCount
    for row in 0..<minibatch.count {
      for label in 0..<classes { oneHot[row * classes + label] = 0 }
      oneHot[row * classes + Int(minibatch.labels[row])] = 1
    }
    augmentation.draw(
      seed: seed, epoch: minibatch.epoch, minibatch: minibatch.index, count: minibatch.count,
      size: preprocessing.size, into: &mixing)
    for row in 0..<minibatch.count {
      mixed.weights[row] = mixing.mixed(minibatch.weights, row: row)
      mixing.mix(
        row: row, of: minibatch.features, stride: minibatch.featureStride,
        channels: preprocessing.channels.rawValue, size: preprocessing.size, into: mixed.features(ofRow: row))
      oneHot.withUnsafeBufferPointer { values in
        // There is a row, so there are values.
        mixing.mixTarget(
          row: row, of: values.baseAddress!, classes: classes, into: targets + row * classes)
      }
    }
  }
}
