import MillraceThreads

/// Settings that change the speed of a run and not one bit of its result.
public struct ExecutionOptions: Sendable, Hashable {
  /// Gradient threads (`workers`); nil: one a core.
  public var workers: Int?
  /// Producer threads (`loaders`); nil: one a core.
  public var loaders: Int?
  /// Minibatches that may wait between producers and workers (`queue`), at least 2.
  public var queue = 4
  /// Memory for decoded images (`cache`).
  public var cache = CacheLimit.auto
  /// How often a checkpoint is saved between the ends of epochs (`checkpoint-interval`).
  public var checkpointInterval = CheckpointInterval.seconds(300)

  /// The defaults.
  public init() {}

  /// Checks every range.
  ///
  /// - Throws: ``ConfigurationError`` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [("workers", workers), ("loaders", loaders)] {
      if let value, !(1...1024).contains(value) {
        throw ConfigurationError(setting: setting, problem: "must be from 1 to 1024, got \(value)")
      }
    }
    if !(2...1024).contains(queue) {
      throw ConfigurationError(setting: "queue", problem: "must be from 2 to 1024, got \(queue)")
    }
  }

  /// The number of gradient threads on this machine.
  public var resolvedWorkers: Int { workers ?? processorCount }
  /// The number of producer threads on this machine.
  public var resolvedLoaders: Int { loaders ?? processorCount }
}
