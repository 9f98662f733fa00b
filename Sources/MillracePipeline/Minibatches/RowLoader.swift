/// Loads single samples into rows of minibatches. Each producer thread has one of its own.
public protocol RowLoader: AnyObject {
  /// Writes everything a sample has into a row.
  ///
  /// What is written may depend on the sample and the epoch, and on nothing else: not on what was loaded
  /// before, nor on the thread.
  ///
  /// - Throws: ``BadSample`` for a sample that may be skipped; any other error ends the run.
  func load(sample: Int, epoch: Int, into row: MinibatchRow) throws

  /// How long the stages of loading took so far.
  var stageTimes: StageTimes { get }
}

extension RowLoader {
  /// Not measured.
  public var stageTimes: StageTimes { StageTimes() }
}

/// How long the stages of loading took, in nanoseconds, summed over loaders.
public struct StageTimes: Sendable, Hashable {
  /// Samples that went through all stages.
  public var samples = 0
  /// Opening, reading and closing files.
  public var read: UInt64 = 0
  /// From bytes to pixels.
  public var decode: UInt64 = 0
  /// Drawing a plan and carrying it out into the row.
  public var augment: UInt64 = 0

  /// Nothing yet.
  public init() {}

  /// The sum of two loaders' times.
  public static func + (left: StageTimes, right: StageTimes) -> StageTimes {
    var sum = left
    sum.samples += right.samples
    sum.read &+= right.read
    sum.decode &+= right.decode
    sum.augment &+= right.augment
    return sum
  }

  /// What came after an earlier reading.
  public static func - (later: StageTimes, earlier: StageTimes) -> StageTimes {
    var difference = later
    difference.samples -= earlier.samples
    difference.read &-= earlier.read
    difference.decode &-= earlier.decode
    difference.augment &-= earlier.augment
    return difference
  }
}
