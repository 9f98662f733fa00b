import MillraceRandom

/// The order in which an epoch visits the samples.
///
/// Each epoch's order is a function of only the seed and the epoch, so a run can be resumed anywhere.
package struct EpochOrder: Sendable, Hashable {
  /// The number of samples.
  package let count: Int
  /// The seed of the shuffles; nil: the samples are visited in the order of their numbers.
  package let seed: UInt64?
  /// The samples of each class, where classes are visited equally often; empty otherwise.
  private let classes: [[Int32]]

  /// A new random order for every epoch.
  package static func shuffled(count: Int, seed: UInt64) -> EpochOrder {
    EpochOrder(count: count, seed: seed, classes: [])
  }

  /// The samples in the order of their numbers, in every epoch.
  package static func sequential(count: Int) -> EpochOrder {
    EpochOrder(count: count, seed: nil, classes: [])
  }

  /// A new random order for every epoch, in which each class comes equally often and there are as many visits as
  /// samples.
  ///
  /// An epoch goes through small classes more than once, and through a part of a large class, another part in each
  /// epoch.
  ///
  /// - Parameters:
  ///   - labels: The class of each sample, from 0.
  ///   - seed: The seed of the orders.
  package static func balanced(labels: [Int], seed: UInt64) -> EpochOrder {
    var classes = [[Int32]](repeating: [], count: (labels.max() ?? -1) + 1)
    for (sample, label) in labels.enumerated() { classes[label].append(Int32(truncatingIfNeeded: sample)) }
    return EpochOrder(count: labels.count, seed: seed, classes: classes.filter { !$0.isEmpty })
  }

  /// A new random order of a data set's samples for every epoch.
  ///
  /// - Parameters:
  ///   - dataset: The samples.
  ///   - seed: The seed of the orders.
  ///   - balances: Whether each class comes equally often.
  package static func shuffled(_ dataset: Dataset, seed: UInt64, balances: Bool) -> EpochOrder {
    if !balances { return .shuffled(count: dataset.count, seed: seed) }
    return .balanced(labels: (0..<dataset.count).map(dataset.label(of:)), seed: seed)
  }

  private init(count: Int, seed: UInt64?, classes: [[Int32]]) {
    precondition(
      (0...Int(Int32.max)).contains(count), "an order numbers at most 2³¹−1 samples, got \(count)")
    self.count = count
    self.seed = seed
    self.classes = classes
  }

  /// The samples of an epoch: each once, unless classes are balanced.
  package func samples(epoch: Int) -> [Int32] {
    // All empty arrays share the same memory: nothing may be written there.
    if count == 0 { return [] }
    return [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), epoch: epoch)
      initialized = count
    }
  }

  /// Whether an epoch may visit a sample more than once.
  var repeatsSamples: Bool { !classes.isEmpty }

  /// For each visit, how often the epoch has visited its sample before: 0 for the first visit of a sample.
  ///
  /// The result follows from only the epoch's order, so an epoch can be entered anywhere.
  ///
  /// - Parameter samples: The samples of an epoch, from its beginning.
  package static func turns(_ samples: [Int32]) -> [Int32] {
    var turns = [Int32](repeating: 0, count: samples.count)
    samples.withUnsafeBufferPointer { samples in
      turns.withUnsafeMutableBufferPointer { fill($0, of: samples) }
    }
    return turns
  }

  /// Writes the turn of each visit.
  static func fill(_ turns: UnsafeMutableBufferPointer<Int32>, of samples: UnsafeBufferPointer<Int32>) {
    var visits = [Int32](repeating: 0, count: Int(samples.max() ?? -1) + 1)
    for place in samples.indices {
      let sample = Int(samples[place])
      turns[place] = visits[sample]
      visits[sample] += 1
    }
  }

  /// Writes the samples of an epoch into memory for `count` of them. This allocates only where classes are
  /// balanced.
  func fill(_ samples: UnsafeMutableBufferPointer<Int32>, epoch: Int) {
    precondition(samples.count == count, "an order of \(count) samples needs as many places")
    for index in samples.indices { samples[index] = Int32(truncatingIfNeeded: index) }
    guard let seed else { return }
    var random = KeyedRandom(seed: seed, purpose: .epochOrder, epoch: epoch)
    var samples = samples
    if !classes.isEmpty { fillBalanced(&samples, using: &random) }
    random.shuffle(&samples)
  }

  private func fillBalanced(
    _ samples: inout UnsafeMutableBufferPointer<Int32>, using random: inout KeyedRandom
  ) {
    var next = samples.startIndex
    for (index, members) in classes.enumerated() {
      var members = members
      random.shuffle(&members)
      let wanted = count * (index + 1) / classes.count - count * index / classes.count
      for turn in 0..<wanted {
        samples[next] = members[turn % members.count]
        next += 1
      }
    }
  }
}
