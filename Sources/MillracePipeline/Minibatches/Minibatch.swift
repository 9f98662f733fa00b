import MillraceVectors

/// The samples of one step, in memory that is reused from step to step.
///
/// A source lends a minibatch from ``MinibatchSource/next()`` until ``MinibatchSource/release(_:)``; in between it
/// belongs to the caller.
public final class Minibatch {
  /// The largest number of rows.
  public let capacity: Int
  /// The values of a row.
  public let featureCount: Int
  /// The values from the start of one row of ``features`` to the start of the next: `RowStride` of ``featureCount``.
  public let featureStride: Int
  /// The values of a row of ``targets``; 0 without targets.
  public let targetCount: Int

  /// (capacity, featureCount), rows ``featureStride`` apart, aligned to 64 bytes; the first ``count`` rows are valid.
  public let features: UnsafeMutablePointer<Float>
  /// The class of each row; −1 where there is none.
  public let labels: UnsafeMutablePointer<Int32>
  /// (capacity, targetCount), row-major, for targets that are not a class; nil where `targetCount` is 0.
  public let targets: UnsafeMutablePointer<Float>?
  /// The factor on each row's loss in training, above 0; 1 unless the data say otherwise.
  public let weights: UnsafeMutablePointer<Float>
  /// The index of each row's sample in its data set.
  public let samples: UnsafeMutablePointer<Int32>
  /// How often the epoch has visited each row's sample before: 0 unless samples are repeated.
  public let turns: UnsafeMutablePointer<Int32>

  /// The place of each row in the planned minibatch, before any sample was skipped; ascending.
  let places: UnsafeMutablePointer<Int32>

  /// The number of valid rows: less than the capacity at the end of an epoch, or where samples were skipped; 0 if
  /// all were.
  public internal(set) var count = 0
  /// The number of valid rows in all parts of the minibatch; ``count`` where this is the whole minibatch.
  public internal(set) var totalCount = 0
  /// The number of rows that were planned for all parts, before any sample was skipped.
  public internal(set) var plannedCount = 0
  /// The planned rows that are loaded here.
  public internal(set) var plannedRows = 0..<0
  /// Whether other processes have other parts of the minibatch.
  public private(set) var isPart = false
  /// The epoch of the minibatch.
  public internal(set) var epoch = 0
  /// The minibatch's place in the epoch, from 0.
  public internal(set) var index = 0
  /// The number of minibatches in the epoch.
  public internal(set) var stepsPerEpoch = 0
  /// Samples of this minibatch that could not be loaded, in their order.
  public internal(set) var skipped: [SkippedSample] = []
  /// Samples that were loaded with warnings, in their order; they are rows like the others.
  public internal(set) var warned: [Int32] = []

  /// Whether the epoch ends with this minibatch.
  public var isLastOfEpoch: Bool { index == stepsPerEpoch - 1 }

  /// Allocates a minibatch without samples.
  public init(capacity: Int, featureCount: Int, targetCount: Int = 0) {
    precondition(
      capacity >= 1 && featureCount >= 1 && targetCount >= 0,
      "a minibatch needs rows and values, got \(capacity) rows of \(featureCount) and \(targetCount) targets")
    self.capacity = capacity
    self.featureCount = featureCount
    self.targetCount = targetCount
    featureStride = RowStride.of(columns: featureCount)
    features = LargeMemory.allocate(capacity * featureStride)
    labels = Self.allocate(capacity, of: -1)
    targets = targetCount > 0 ? Self.allocate(capacity * targetCount, of: 0) : nil
    weights = Self.allocate(capacity, of: 1)
    samples = Self.allocate(capacity, of: -1)
    turns = Self.allocate(capacity, of: 0)
    places = Self.allocate(capacity, of: -1)
  }

  /// Makes a whole minibatch, the only one of its epoch; the caller writes ``features`` and ``labels``.
  ///
  /// - Parameters:
  ///   - rows: The number of its rows, all valid.
  ///   - featureCount: The values of a row.
  public convenience init(rows: Int, featureCount: Int) {
    self.init(capacity: rows, featureCount: featureCount)
    (count, totalCount, plannedCount, stepsPerEpoch) = (rows, rows, rows, 1)
    plannedRows = 0..<rows
    for row in 0..<rows { (places[row], samples[row]) = (Int32(row), Int32(row)) }
  }

  deinit {
    LargeMemory.deallocate(features)
    labels.deallocate()
    targets?.deallocate()
    weights.deallocate()
    samples.deallocate()
    turns.deallocate()
    places.deallocate()
  }

  /// The rows that lie within some planned ones: fewer, or none, where samples were skipped or are loaded
  /// elsewhere.
  ///
  /// - Parameter planned: A range within `0..<plannedCount`.
  public func rows(within planned: Range<Int>) -> Range<Int> {
    // Usually no sample was skipped.
    if count == plannedRows.count {
      let clamped = planned.clamped(to: plannedRows)
      return clamped.lowerBound - plannedRows.lowerBound..<clamped.upperBound - plannedRows.lowerBound
    }
    func rows(before place: Int) -> Int { (0..<count).first { Int(places[$0]) >= place } ?? count }
    return rows(before: planned.lowerBound)..<rows(before: planned.upperBound)
  }

  /// Takes over what is known of all parts of the minibatch.
  ///
  /// - Parameters:
  ///   - totalCount: The number of valid rows in all parts.
  ///   - skipped: The samples that could not be loaded, in the order of the parts.
  ///   - warned: The samples that were loaded with warnings.
  public func completeFromAllParts(totalCount: Int, skipped: [SkippedSample], warned: [Int32]) {
    isPart = true
    self.totalCount = totalCount
    self.skipped = skipped
    self.warned = warned
  }

  /// The values of a row.
  public func features(ofRow row: Int) -> UnsafeMutablePointer<Float> { features + row * featureStride }

  /// The place where a loader writes a row.
  func row(_ row: Int) -> MinibatchRow {
    MinibatchRow(
      features: features(ofRow: row), label: labels + row, weight: weights + row,
      targets: targets.map { $0 + row * targetCount })
  }

  /// Takes over the list of another minibatch's samples; the caller writes their values.
  func take(from other: Minibatch) {
    precondition(other.count <= capacity, "a minibatch of \(capacity) rows cannot take \(other.count)")
    (count, epoch, index) = (other.count, other.epoch, other.index)
    (totalCount, plannedCount, plannedRows) = (other.totalCount, other.plannedCount, other.plannedRows)
    (stepsPerEpoch, skipped, warned) = (other.stepsPerEpoch, other.skipped, other.warned)
    labels.update(from: other.labels, count: other.count)
    weights.update(from: other.weights, count: other.count)
    samples.update(from: other.samples, count: other.count)
    turns.update(from: other.turns, count: other.count)
    places.update(from: other.places, count: other.count)
  }

  /// Copies one row over another.
  func moveRow(_ from: Int, to: Int) {
    features(ofRow: to).update(from: features(ofRow: from), count: featureCount)
    labels[to] = labels[from]
    weights[to] = weights[from]
    samples[to] = samples[from]
    turns[to] = turns[from]
    places[to] = places[from]
    if let targets {
      (targets + to * targetCount).update(from: targets + from * targetCount, count: targetCount)
    }
  }

  private static func allocate<T: BitwiseCopyable>(_ count: Int, of value: T) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<T>.stride, alignment: 64)
    // The memory is written once, so that the system hands out the pages now and not during the first epoch.
    return memory.initializeMemory(as: T.self, repeating: value, count: count)
  }
}

/// The place where a row is written.
package struct MinibatchRow {
  /// The values of the row, as many as the minibatch's `featureCount`.
  package let features: UnsafeMutablePointer<Float>
  /// The class; −1 where there is none.
  package let label: UnsafeMutablePointer<Int32>
  /// The factor on the row's loss in training, above 0; 1 unless a loader writes another for every row.
  package let weight: UnsafeMutablePointer<Float>
  /// The targets of the row, as many as the minibatch's `targetCount`; nil where that is 0.
  package let targets: UnsafeMutablePointer<Float>?
}
