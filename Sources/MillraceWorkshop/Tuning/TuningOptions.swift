public import MillraceModels

/// The options of a search for better settings.
public struct TuningOptions: Sendable {
  /// How much may be spent on the search and the winner's training together.
  public enum Budget: Sendable, Hashable {
    /// This many minibatch steps: the result has the same bits on any number of threads.
    case steps(Int)
    /// About this many seconds; the speed that is measured at the start says how many steps these are.
    case seconds(Double)
  }

  /// The budget.
  public var budget: Budget
  /// Names of axes or settings that move, see ``TuningAxis/moving(_:except:from:)``; empty: all whose setting
  /// nobody gave.
  public var included: [String] = []
  /// Names of axes or settings that stay.
  public var fixed: [String] = []
  /// Whether the winner is trained afterwards; a part of the budget is then kept for that.
  public var trainsWinner = true

  /// The defaults: every setting that nobody gave moves, and the winner is trained.
  public init(budget: Budget) {
    self.budget = budget
  }

  /// Checks every range.
  ///
  /// - Throws: `ConfigurationError` for the first option out of range.
  public func validate() throws(ConfigurationError) {
    switch budget {
    case .steps(let steps):
      try require(
        (1...1_000_000_000).contains(steps), "steps", "must be from 1 to 1000000000, got \(steps)")
    case .seconds(let seconds):
      try require(
        seconds > 0 && seconds <= 1e7, "time", "must be above 0 and at most 1e7 seconds, got \(seconds)")
    }
  }
}
