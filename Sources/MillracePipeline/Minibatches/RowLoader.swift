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
