import Foundation
import MillraceModels
import MillraceTraining
import MillraceWorkshop

/// A search's record as people read it: in its table, on its page and in a terminal.
struct TuningFigures: Sendable {
  let record: TuningRecord

  private var state: HalvingState { record.state }

  /// The accuracy of a candidate in a rung, as in `91.2 % (86.3–94.5)`; nil before it was judged there.
  func accuracy(of candidate: Int, in rung: Int) -> String? {
    guard let result = state.result(of: candidate, in: rung) else { return nil }
    return result.score.map { Figures.accuracy(correct: $0.correct, of: $0.count) } ?? "diverged"
  }

  /// The accuracy of a candidate in a rung, in few columns.
  func shortAccuracy(of candidate: Int, in rung: Int) -> String? {
    guard let result = state.result(of: candidate, in: rung) else { return nil }
    return result.score.map { $0.accuracy.map { Figures.percent($0) } ?? "–" } ?? "diverged"
  }

  /// A candidate compared with the automatic choice in the last rung in which both were judged, as in
  /// `12 better, 7 worse, p 0.36`; nil for the automatic choice itself, and before both are judged.
  func comparison(of candidate: Int) -> String? {
    guard candidate != 0, let rung = record.lastRung(of: candidate) else { return nil }
    return state.comparison(of: candidate, in: rung).map(Self.text)
  }

  /// The number of images that only one candidate gets right, and how likely the difference is by chance.
  static func text(_ comparison: McNemarTest) -> String {
    "\(comparison.onlyFirst) better, \(comparison.onlySecond) worse, p \(Figures.probability(comparison.probability))"
  }

  /// The standing of a candidate, in a word.
  func standing(of candidate: Int) -> String {
    guard let last = record.lastRung(of: candidate) else {
      // There may have been no time for it.
      return record.verdict != nil || candidate >= state.rungs[0].candidates ? "not tried" : ""
    }
    if let verdict = record.verdict { return verdict.winner == candidate ? "wins" : "out" }
    let isOver = state.candidates(of: last).allSatisfy { state.result(of: $0, in: last) != nil }
    if !isOver { return state.mayGoOn(candidate) || last + 1 == state.rungs.count ? "" : "out" }
    guard last + 1 < state.rungs.count else { return "" }
    return state.candidates(of: last + 1).contains(candidate) ? "goes on" : "out"
  }

  /// The result of the search in a sentence without a full stop; nil before the end.
  var verdict: String? {
    guard let verdict = record.verdict else { return nil }
    guard let winner = verdict.winner else { return "every training diverged" }
    let others = verdict.isOnOtherImages ? " on other images" : ""
    guard winner != 0 else {
      guard let challenger = verdict.challenger else {
        return "every other training diverged: the automatic choice stays"
      }
      return verdict.isOnOtherImages
        ? "candidate \(challenger) is not better than chance explains\(others): the automatic choice stays"
        : "no candidate is better than chance explains: the automatic choice stays"
    }
    return verdict.comparison == nil
      ? "the automatic choice diverged: candidate \(winner) wins"
      : "candidate \(winner) is better than chance explains\(others), and wins"
  }

  /// What the deciding images can show, in a sentence without a full stop.
  var resolution: String {
    // Comparisons may have been dropped because there was no time.
    let decidesElsewhere = record.otherImages > 0 && state.folds > 0
    let count = decidesElsewhere ? record.otherImages : record.validationImages.count
    let tried = decidesElsewhere ? 1 : Double(max(1, state.rungs[0].candidates - 1))
    // If one candidate alone got all of these images right, this number of them would not be chance.
    let least = Int(log2(2 * tried / McNemarTest.level).rounded(.up))
    let share = Figures.percent(Double(least) / Double(max(1, count)))
    return
      "\(least) more right of \(Figures.count(count, "image")) (\(share)) is the smallest difference that is not chance"
  }

  /// What the budget is too small for, in a sentence without a full stop; nil where it is large enough.
  var shortfall: String? {
    let plan = record.plan
    guard plan.finalEpochs > 0, plan.finalEpochs < plan.training.epochs else { return nil }
    return
      "the budget holds a training of \(plan.finalEpochs) of \(Figures.count(plan.training.epochs, "epoch")) beside "
      + "the search: train alone may come to a better model, and so would a larger budget"
  }

  /// The comparisons at the end: the results of the automatic choice and of the best other candidate in each.
  var comparisons: [(fold: Int, automatic: String, other: String, comparison: String)] {
    guard record.state.folds > 0,
      let challenger = state.results.first(where: { $0.job.fold > 0 && $0.job.candidate != 0 })?.job.candidate
    else { return [] }
    return (1...record.state.folds).compactMap { fold in
      guard let comparison = state.comparison(of: challenger, inFold: fold) else { return nil }
      func accuracy(_ candidate: Int) -> String {
        let result = state.results.first { $0.job.candidate == candidate && $0.job.fold == fold }
        return result?.score.map { Figures.accuracy(correct: $0.correct, of: $0.count) } ?? "diverged"
      }
      return (fold, accuracy(0), accuracy(challenger), Self.text(comparison))
    }
  }

  // MARK: What each setting was worth

  /// The worth of one change.
  struct Worth: Sendable {
    /// The axis.
    let axis: String
    /// The new value.
    let text: String
    /// The candidates with this change.
    let candidates: [Int]
    /// How many more of the validation images these candidates got right in the first rung than the automatic
    /// choice, on average, as a share; nil where none could be compared.
    let difference: Double?
    /// The last rung that one of these candidates reached.
    let lastRung: Int?
  }

  /// The worth of each change that was tried, those of an axis together.
  var worths: [Worth] {
    record.axes.flatMap { axis in
      var texts: [String] = []
      for change in record.candidates.flatMap(\.changes)
      where change.axis == axis && !texts.contains(change.text) {
        texts.append(change.text)
      }
      return texts.map { worth(of: axis, $0) }
    }
  }

  private func worth(of axis: String, _ text: String) -> Worth {
    let holders = record.candidates.indices.filter { number in
      record.candidates[number].changes.contains { $0.axis == axis && $0.text == text }
    }
    let base = state.result(of: 0, in: 0)?.score?.accuracy
    let accuracies = holders.compactMap { state.result(of: $0, in: 0)?.score?.accuracy }
    return Worth(
      axis: axis, text: text, candidates: holders,
      difference: accuracies.isEmpty
        ? nil : base.map { accuracies.reduce(0, +) / Double(accuracies.count) - $0 },
      lastRung: holders.compactMap { record.lastRung(of: $0) }.max())
  }

  // MARK: The plan

  /// The plan in a sentence without a full stop.
  var plan: String {
    let plan = record.plan
    let candidates = Figures.count(plan.rungs[0].candidates, "candidate")
    let lengths = plan.rungs.enumerated().reduce(into: "") { text, rung in
      let isLast = rung.offset + 1 == plan.rungs.count
      text += (rung.offset == 0 ? "" : isLast ? " and " : ", ") + String(rung.element.epochs)
    }
    func time(_ steps: Int) -> String {
      record.stepsPerSecond.map { ", about \(Figures.duration(Double(steps) / $0))" } ?? ""
    }
    let images = record.otherImages > 0 ? " by \(Figures.count(record.otherImages)) other images" : ""
    let others =
      plan.folds > 0
      ? ", the best and the automatic choice once more for \(plan.comparisonEpochs)\(images) " : " "
    let search =
      "\(candidates) in \(Figures.count(plan.rungs.count, "rung")) of \(lengths) epochs\(others)"
      + "(\(Figures.count(plan.searchSteps, "step"))\(time(plan.searchSteps)))"
    guard plan.finalEpochs > 0 else { return search }
    return search
      + ", then the winner for \(Figures.count(plan.finalEpochs, "epoch")) "
      + "(\(Figures.count(plan.finalSteps, "step"))\(time(plan.finalSteps)))"
  }

  /// The command that repeats the search: to the same bits where its budget was a number of steps.
  func command(in folder: TuningFolder) -> String {
    let budget =
      record.budgetSeconds.map { "--time \(TimeSpan(seconds: $0))" } ?? "--steps \(record.plan.steps)"
    return "millrace tune --config \(shellQuoted(folder.configuration)) \(budget) "
      + "--include \(record.axes.joined(separator: ","))"
      + (record.plan.finalEpochs == 0 ? " --only-search" : "")
  }
}

extension Figures {
  /// A probability with two digits, or a text that says that it is very small.
  static func probability(_ value: Double) -> String {
    value < 0.001 ? "below 0.001" : fixed(value, value < 0.01 ? 4 : value < 0.1 ? 3 : 2)
  }
}
