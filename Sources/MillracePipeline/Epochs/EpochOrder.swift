import MillraceRandom

/// In which order an epoch visits the samples.
///
/// Each epoch's order is a function of the seed and the epoch alone, so a run can be resumed anywhere.
public struct EpochOrder: Sendable, Hashable {
  /// The number of samples.
  public let count: Int
  /// The seed of the shuffles; nil visits the samples as they are numbered.
  public let seed: UInt64?

  /// A new random order every epoch.
  public static func shuffled(count: Int, seed: UInt64) -> EpochOrder {
    EpochOrder(count: count, seed: seed)
  }

  /// The samples as they are numbered, in every epoch.
  public static func sequential(count: Int) -> EpochOrder {
    EpochOrder(count: count, seed: nil)
  }

  private init(count: Int, seed: UInt64?) {
    precondition(
      (0...Int(Int32.max)).contains(count), "an order numbers at most 2³¹−1 samples, got \(count)")
    self.count = count
    self.seed = seed
  }

  /// The samples of an epoch, each once.
  public func samples(epoch: Int) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), epoch: epoch)
      initialized = count
    }
  }

  /// Writes the samples of an epoch to memory for `count` of them. Does not allocate.
  func fill(_ samples: UnsafeMutableBufferPointer<Int32>, epoch: Int) {
    precondition(samples.count == count, "an order of \(count) samples needs as many places")
    for index in samples.indices { samples[index] = Int32(truncatingIfNeeded: index) }
    guard let seed else { return }
    var random = KeyedRandom(seed: seed, purpose: .epochOrder, epoch: epoch)
    var samples = samples
    random.shuffle(&samples)
  }
}
