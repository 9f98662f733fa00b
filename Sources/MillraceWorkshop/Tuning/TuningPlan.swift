public import MillraceModels

/// How a search for better settings uses its budget of steps: a pure function of the budget and of a
/// training's length.
///
/// The winner's training takes as much as its full length needs, but at most half; the search takes the rest.
/// The more a budget holds, the more candidates there are and the longer they are trained, but none longer
/// than a whole training.
public struct TuningPlan: Sendable, Hashable, Codable {
  /// The training for which a plan is made.
  public struct Training: Sendable, Hashable, Codable {
    /// The epochs of a whole training.
    public var epochs: Int
    /// The steps of an epoch in the search, which may hold back more images to judge by.
    public var searchSteps: Int
    /// The steps of the winner's training for each of its epochs, including those of a refit.
    public var finalSteps: Int
    /// How often the best other candidate and the automatic choice can be compared at most.
    public var folds = 0
  }

  /// The budget, in steps of the search and the winner's training together.
  public let steps: Int
  /// The training for which the plan is made.
  public let training: Training
  /// The rungs of the search.
  public let rungs: [HalvingState.Rung]
  /// How often the best other candidate and the automatic choice are compared at the end.
  public let folds: Int
  /// Epochs of the winner's training; 0 where there is none.
  public let finalEpochs: Int

  /// The steps of the search where no candidate drops out, and where another one is worth a comparison.
  public var searchSteps: Int {
    (HalvingState.epochs(of: rungs) + 2 * folds * comparisonEpochs) * training.searchSteps
  }
  /// Steps of the winner's training.
  public var finalSteps: Int { finalEpochs * training.finalSteps }
  /// The epochs of each training in a comparison. What is better for a while may be worse in the end, so they
  /// are as many as the winner's, or those of a whole training where no winner is trained.
  public var comparisonEpochs: Int { finalEpochs > 0 ? finalEpochs : training.epochs }
  /// The epochs that the schedule of a candidate's training counts on: those of the last rung.
  public var searchEpochs: Int { rungs.last?.epochs ?? 0 }

  /// The share of a budget that the winner's training takes at most.
  public static let finalShare = 0.5
  /// More candidates than this would find the luckiest rather than the best.
  public static let mostCandidates = 64

  /// A number of rungs, and the least share for which it is used.
  private struct Shape {
    let rungs: Int
    /// The share of a whole training that the last rung must reach.
    let share: Double

    static let all = [
      Shape(rungs: 4, share: 0.5), Shape(rungs: 3, share: 0.25), Shape(rungs: 2, share: 0),
      Shape(rungs: 1, share: 0),
    ]
  }

  /// Divides a budget.
  ///
  /// - Parameters:
  ///   - steps: The budget.
  ///   - training: The training.
  ///   - candidates: The number of candidates to choose from, at least 2.
  ///   - trainsWinner: Whether the winner is trained afterwards.
  /// - Throws: `ConfigurationError` for a budget that is too small, which names the smallest possible one.
  public init(steps: Int, for training: Training, candidates: Int, trainsWinner: Bool)
    throws(ConfigurationError)
  {
    precondition(candidates > 1, "a search needs two candidates")
    self.steps = steps
    self.training = training
    let least = Self.leastSteps(for: training, trainsWinner: trainsWinner)
    let search = Self.leastSteps(for: training, trainsWinner: false)
    let final = min(Self.finalShare * Double(steps), Double(steps - search))
    finalEpochs = trainsWinner ? Self.finalEpochs(of: training, within: final) : 0
    let budget = max(0, steps - finalEpochs * training.finalSteps) / training.searchSteps
    let comparison = 2 * (finalEpochs > 0 ? finalEpochs : training.epochs)
    let options = (0...training.folds).reversed().lazy.compactMap { folds in
      Self.rungs(epochs: budget - folds * comparison, training.epochs, candidates)
        .map { (rungs: $0, folds: folds) }
    }
    guard let found = options.first else {
      throw ConfigurationError(
        setting: "steps",
        problem:
          "\(steps) are too few: a search needs at least \(least) "
          + "with \(training.searchSteps) an epoch; give a larger budget")
    }
    (rungs, folds) = found
  }

  /// The smallest budget of a search: two candidates for two epochs each, or for one where a training has no
  /// more, and one epoch of the winner.
  static func leastSteps(for training: Training, trainsWinner: Bool) -> Int {
    2 * min(2, training.epochs) * training.searchSteps + (trainsWinner ? training.finalSteps : 0)
  }

  /// The epochs of the winner's training that this many steps hold, from 1 to those of a whole training.
  static func finalEpochs(of training: Training, within steps: Double) -> Int {
    max(1, Int(min(Double(training.epochs), steps / Double(training.finalSteps))))
  }

  private static func rungs(epochs budget: Int, _ full: Int, _ candidates: Int) -> [HalvingState.Rung]? {
    for shape in Shape.all where 1 << (shape.rungs - 1) <= min(full, max(1, candidates - 1)) {
      func rungs(_ count: Int, _ epochs: Int) -> [HalvingState.Rung] {
        HalvingState.rungs(candidates: count, count: shape.rungs, epochs: epochs)
      }
      var count = min(candidates, 1 << shape.rungs)
      let shortest = max(1 << (shape.rungs - 1), min(full, 2))
      guard
        let longest = (shortest...max(shortest, min(full, budget))).last(where: {
          HalvingState.epochs(of: rungs(count, $0)) <= budget
        }), Double(longest) >= shape.share * Double(full)
      else { continue }
      if longest == full {
        while count < min(candidates, mostCandidates),
          HalvingState.epochs(of: rungs(count + 1, full)) <= budget
        {
          count += 1
        }
      }
      return rungs(count, longest)
    }
    return nil
  }
}
