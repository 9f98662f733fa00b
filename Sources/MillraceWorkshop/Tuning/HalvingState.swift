public import MillraceModels

/// The decisions of a search by successive halving: which candidate is trained next, which goes on, and which wins.
/// It trains nothing, and the same results lead to the same decisions.
///
/// All candidates are trained for a while; the better half goes on, and so forth. Candidate 0, the one to beat,
/// goes on in every rung, since the others are judged against it. The best other candidate is then compared with
/// it: both are trained from the beginning as long as the winner will be, and judged by images that no candidate
/// was chosen by.
/// Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016.
public struct HalvingState: Sendable, Hashable, Codable {
  /// A part of the search.
  public struct Rung: Sendable, Hashable, Codable {
    /// The epochs for which each candidate has been trained at the rung's end.
    public var epochs: Int
    /// The number of candidates that are trained in the rung.
    public var candidates: Int
  }

  /// A candidate's training from the end of one rung to that of the next, or from the beginning on other
  /// images.
  public struct Job: Sendable, Hashable, Codable {
    /// The number of the candidate, from 0.
    public var candidate: Int
    /// The number of the rung at whose end the job ends, from 0.
    public var rung: Int
    /// 0 for a part of a rung; from 1 on, the number of a comparison.
    public var fold = 0
  }

  /// What a candidate has achieved at the end of a job.
  public struct Score: Sendable, Hashable, Codable {
    /// The validation samples that the candidate takes for another class, in ascending order.
    public var wrong: [Int]
    /// The number of validation samples that were used.
    public var count: Int
    /// The mean loss on these samples.
    public var loss: Double

    /// The number of samples that the candidate gets right.
    public var correct: Int { count - wrong.count }
    /// The share of samples that the candidate gets right; nil where there are none.
    public var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }
  }

  /// A job that is done.
  public struct Result: Sendable, Hashable, Codable {
    /// The job.
    public var job: Job
    /// The candidate's score; nil where its training diverged.
    public var score: Score?
  }

  /// The rungs, each longer than the one before and with about half of its candidates.
  public private(set) var rungs: [Rung]
  /// How often the best other candidate and candidate 0 are compared; 0: the last rung decides.
  public private(set) var folds: Int
  /// The epochs of each training for a comparison.
  public private(set) var comparisonEpochs: Int
  /// The epochs that were planned for these trainings.
  private let wantedComparisonEpochs: Int
  /// Whether comparisons are on images that no candidate was chosen by.
  public let comparesOnOtherImages: Bool
  /// The results, in their order.
  public private(set) var results: [Result] = []

  /// Begins without results.
  ///
  /// - Parameters:
  ///   - rungs: The rungs, at least one.
  ///   - folds: How often the best other candidate and candidate 0 are compared.
  ///   - epochs: The epochs of each training for a comparison; nil: as many as the last rung has.
  ///   - onOtherImages: Whether comparisons are on images that no candidate was chosen by.
  public init(_ rungs: [Rung], folds: Int = 0, epochs: Int? = nil, onOtherImages: Bool = true) {
    precondition(!rungs.isEmpty && folds >= 0, "a search needs a rung")
    (self.rungs, self.folds) = (rungs, folds)
    comparisonEpochs = epochs ?? rungs[rungs.count - 1].epochs
    wantedComparisonEpochs = comparisonEpochs
    comparesOnOtherImages = onOtherImages
  }

  // MARK: What follows from the results

  /// The next job; nil at the end.
  public var next: Job? {
    for rung in rungs.indices {
      let candidates = candidates(of: rung)
      // Where no candidate is left to compare with, more training tells nothing.
      if candidates.count < 2 { return nil }
      if let open = candidates.first(where: { result(of: $0, in: rung) == nil }) {
        return Job(candidate: open, rung: rung)
      }
    }
    guard let finalist else { return nil }
    for fold in 0..<folds {
      for candidate in [0, finalist] {
        let job = Job(candidate: candidate, rung: rungs.count - 1, fold: fold + 1)
        if !results.contains(where: { $0.job == job }) { return job }
      }
    }
    return nil
  }

  /// The candidate that is worth a comparison with candidate 0 after the last rung: the best other one, where
  /// it gets more samples right than candidate 0; nil where there is none.
  private var finalist: Int? {
    let rung = rungs.count - 1
    guard let best = ranking(in: rung).first(where: { $0 != 0 }) else { return nil }
    guard let comparison = comparison(of: best, in: rung) else { return nil }
    return comparison.onlyFirst > comparison.onlySecond ? best : nil
  }

  /// The candidates that are trained in a rung, in ascending order. The rung before it must be done.
  public func candidates(of rung: Int) -> [Int] {
    if rung == 0 { return Array(0..<rungs[0].candidates) }
    return Array(ranking(in: rung - 1).prefix(rungs[rung].candidates)).sorted()
  }

  /// The candidates whose training until a rung's end did not diverge: candidate 0, then the others, the best
  /// first. The order is by more right samples, then by less loss, then by the lower number.
  public func ranking(in rung: Int) -> [Int] {
    let scores = results.filter { $0.job.rung == rung && $0.job.fold == 0 }.compactMap { result in
      result.score.map { (candidate: result.job.candidate, score: $0) }
    }
    return scores.sorted { a, b in
      if (a.candidate == 0) != (b.candidate == 0) { return a.candidate == 0 }
      if a.score.correct != b.score.correct { return a.score.correct > b.score.correct }
      if a.score.loss != b.score.loss { return a.score.loss < b.score.loss }
      return a.candidate < b.candidate
    }.map(\.candidate)
  }

  /// Whether a candidate can still reach another rung.
  public func mayGoOn(_ candidate: Int) -> Bool {
    guard let last = lastRung(of: candidate) else { return candidate < rungs[0].candidates }
    guard last + 1 < rungs.count else { return false }
    return ranking(in: last).prefix(rungs[last + 1].candidates).contains(candidate)
  }

  /// The last rung in which a candidate was judged; nil before its first.
  public func lastRung(of candidate: Int) -> Int? {
    results.last { $0.job.candidate == candidate && $0.job.fold == 0 }?.job.rung
  }

  /// How a candidate did in a rung.
  public func result(of candidate: Int, in rung: Int) -> Result? {
    results.first { $0.job.candidate == candidate && $0.job.rung == rung && $0.job.fold == 0 }
  }

  /// The comparison of another candidate with candidate 0 on the same samples, candidate 0 second; nil where
  /// one of them has no score there.
  public func comparison(of candidate: Int, in rung: Int) -> McNemarTest? {
    guard let first = result(of: candidate, in: rung)?.score, let second = result(of: 0, in: rung)?.score
    else { return nil }
    return McNemarTest(wrongOfFirst: first.wrong, wrongOfSecond: second.wrong)
  }

  // MARK: What is done

  /// Adds a result; it must be that of the job which is ``next``.
  public mutating func add(_ score: Score?, of job: Job) {
    precondition(job == next, "another job is next")
    results.append(Result(job: job, score: score))
  }

  /// Drops as much of the remaining search as needed for the remaining epochs to fit: first candidates, down
  /// to two, then up to half of each comparison, then comparisons, then whole rungs, the last first. What has
  /// begun stays.
  ///
  /// - Parameter epochs: The number of epochs for which there is time.
  public mutating func shorten(to epochs: Double) {
    while Double(epochsLeft) > epochs {
      let isOpen = { [self] rung in rungs[rung].candidates > max(2, rung == 0 ? judged(in: 0) : 0) }
      if let rung = rungs.indices.first(where: { judged(in: $0) < rungs[$0].candidates && isOpen($0) }) {
        rungs[rung].candidates -= 1
        for later in rungs.indices.dropFirst(rung + 1) {
          rungs[later].candidates = min(
            rungs[later].candidates, Self.half(of: rungs[later - 1].candidates))
        }
      } else if folds > 0, judgedFolds == 0, 2 * (comparisonEpochs - 1) >= wantedComparisonEpochs {
        comparisonEpochs -= 1
      } else if folds > judgedFolds {
        folds -= 1
      } else if rungs.count > 1, judged(in: rungs.count - 1) == 0 {
        rungs.removeLast()
      } else {
        return
      }
    }
  }

  /// How many of these candidates go on: half, and never fewer than two.
  private static func half(of candidates: Int) -> Int { max(2, (candidates + 1) / 2) }

  private func judged(in rung: Int) -> Int {
    results.count { $0.job.rung == rung && $0.job.fold == 0 }
  }

  /// The number of comparisons that were made or begun.
  private var judgedFolds: Int { results.map(\.job.fold).max() ?? 0 }
}

// MARK: Lengths

extension HalvingState {
  /// The rungs of a search.
  ///
  /// - Parameters:
  ///   - candidates: The number of candidates that begin, at least 2.
  ///   - count: The number of rungs, at least 1.
  ///   - epochs: The epochs of the last rung, at least 2 to the power of `count` − 1.
  public static func rungs(candidates: Int, count: Int, epochs: Int) -> [Rung] {
    var (rungs, candidates): ([Rung], Int) = ([], candidates)
    for rung in 0..<count {
      rungs.append(Rung(epochs: epochs >> (count - 1 - rung), candidates: candidates))
      candidates = half(of: candidates)
    }
    return rungs
  }

  /// The epochs that all candidates together are trained for where none drops out.
  public static func epochs(of rungs: [Rung]) -> Int {
    var (sum, before) = (0, 0)
    for rung in rungs {
      sum += rung.candidates * (rung.epochs - before)
      before = rung.epochs
    }
    return sum
  }

  /// The epochs for which a job's candidate has been trained at its end.
  public func epochs(of job: Job) -> Int { job.fold > 0 ? comparisonEpochs : rungs[job.rung].epochs }

  /// The epochs that are left where no candidate drops out.
  public var epochsLeft: Int {
    var (sum, before) = (0, 0)
    for (number, rung) in rungs.enumerated() {
      sum += max(0, rung.candidates - judged(in: number)) * (rung.epochs - before)
      before = rung.epochs
    }
    // Once the rungs are done, it is known whether there is a comparison.
    if next == nil { return 0 }
    return sum + (2 * folds - results.count { $0.job.fold > 0 }) * comparisonEpochs
  }
}

extension HalvingState {
  /// Whether this is the search of a plan, or what is left of it.
  func isWithin(_ plan: TuningPlan) -> Bool {
    !rungs.isEmpty && rungs.count <= plan.rungs.count && folds >= 0 && folds <= plan.folds
      && comparisonEpochs > 0 && comparisonEpochs <= plan.comparisonEpochs
      && zip(rungs, plan.rungs).allSatisfy {
        $0.epochs == $1.epochs && $0.candidates >= 2 && $0.candidates <= $1.candidates
      }
  }
}

// MARK: The end

extension HalvingState {
  /// How the search ended.
  public struct Verdict: Sendable, Hashable, Codable {
    /// The candidate that won; nil where every training diverged.
    public var winner: Int?
    /// The best candidate besides candidate 0 in the last rung that was trained; nil where none was left.
    public var challenger: Int?
    /// The comparison of the challenger with candidate 0; nil where there is nothing to compare.
    public var comparison: McNemarTest?
    /// The probability that the comparison must not exceed for the challenger to win.
    public var level: Double
    /// Whether the comparison is on images that no candidate was chosen by.
    public var isOnOtherImages: Bool
    /// The rung that decided.
    public var rung: Int
  }

  /// The verdict at the end; nil before.
  ///
  /// To beat candidate 0 a candidate must get more samples right than chance explains; otherwise candidate 0
  /// wins. The best of many is a little better by luck on the images that it was chosen by. So other images
  /// decide or, where there are none, the level is divided by the number of candidates that were tried
  /// (Bonferroni).
  public var verdict: Verdict? {
    guard next == nil, let rung = results.map(\.job.rung).max() else { return nil }
    let ranking = ranking(in: rung)
    let challenger = ranking.first { $0 != 0 }
    let compared = challenger.flatMap { wholeComparison(of: $0) }
    let comparison = compared ?? challenger.flatMap { self.comparison(of: $0, in: rung) }
    let isOnOtherImages = compared != nil && comparesOnOtherImages
    let tried = max(1, judged(in: 0) - 1)
    let level = isOnOtherImages ? McNemarTest.level : McNemarTest.level / Double(tried)
    let isBeaten = comparison?.firstIsBetter(at: level) ?? !ranking.contains(0)
    return Verdict(
      winner: isBeaten ? challenger : 0, challenger: challenger, comparison: comparison, level: level,
      isOnOtherImages: isOnOtherImages, rung: rung)
  }

  /// The comparison of another candidate with candidate 0 on the samples of one comparison, candidate 0
  /// second; nil before both are judged. A candidate that diverged gets every sample wrong.
  public func comparison(of candidate: Int, inFold fold: Int) -> McNemarTest? {
    let scores = [candidate, 0].map { candidate in
      results.first { $0.job.candidate == candidate && $0.job.fold == fold }
    }
    guard let first = scores[0], let second = scores[1] else { return nil }
    let count = (first.score ?? second.score)?.count ?? 0
    return McNemarTest(
      wrongOfFirst: first.score?.wrong ?? Array(0..<count),
      wrongOfSecond: second.score?.wrong ?? Array(0..<count))
  }

  /// All comparisons taken together; nil where there was none.
  private func wholeComparison(of candidate: Int) -> McNemarTest? {
    let tests = (1...max(1, folds)).compactMap { comparison(of: candidate, inFold: $0) }
    guard !tests.isEmpty else { return nil }
    return McNemarTest(
      onlyFirst: tests.reduce(0) { $0 + $1.onlyFirst }, onlySecond: tests.reduce(0) { $0 + $1.onlySecond })
  }
}
