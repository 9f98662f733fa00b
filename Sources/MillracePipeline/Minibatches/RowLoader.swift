/// Loads single samples into rows of minibatches. Each producer thread has one of its own.
package protocol RowLoader: AnyObject {
  /// Writes all values of a sample into a row.
  ///
  /// The values may depend on the sample, the turn and the epoch, and on nothing else: neither on what was loaded
  /// before, nor on the thread.
  ///
  /// - Parameters:
  ///   - sample: The sample's index in its data set.
  ///   - turn: How often the epoch has visited the sample before.
  ///   - epoch: The epoch.
  ///   - row: The place where the values are written.
  /// - Throws: ``BadSample`` for a sample that may be skipped; any other error ends the run.
  func load(sample: Int, turn: Int, epoch: Int, into row: MinibatchRow) throws

  /// Whether the sample that was loaded last had faults, although it can be used.
  var lastHadWarnings: Bool { get }

  /// The time that the stages of loading took so far.
  var stageTimes: StageTimes { get }
}

extension RowLoader {
  /// The samples have no faults.
  package var lastHadWarnings: Bool { false }
  /// The stages are not measured.
  package var stageTimes: StageTimes { StageTimes() }
}
