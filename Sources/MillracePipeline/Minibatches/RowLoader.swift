/// Loads single samples into rows of minibatches. Each producer thread has one of its own.
public protocol RowLoader: AnyObject {
  /// Writes everything a sample has into a row.
  ///
  /// What is written may depend on the sample, the turn and the epoch, and on nothing else: not on what was loaded
  /// before, nor on the thread.
  ///
  /// - Parameters:
  ///   - sample: The sample's index in its data set.
  ///   - turn: How often the epoch has visited it before.
  ///   - epoch: The epoch.
  ///   - row: Where to.
  /// - Throws: ``BadSample`` for a sample that may be skipped; any other error ends the run.
  func load(sample: Int, turn: Int, epoch: Int, into row: MinibatchRow) throws

  /// Whether the sample that was loaded last was not quite in order, though usable.
  var lastHadWarnings: Bool { get }

  /// How long the stages of loading took so far.
  var stageTimes: StageTimes { get }
}

extension RowLoader {
  /// Everything is in order.
  public var lastHadWarnings: Bool { false }
  /// Not measured.
  public var stageTimes: StageTimes { StageTimes() }
}
