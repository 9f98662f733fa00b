import Testing

@testable import MillraceModels
@testable import MillraceWorkshop

struct TuningPlanTests {
  private static func plan(
    _ steps: Int, epochs: Int = 40, candidates: Int = 64, folds: Int = 0, trainsWinner: Bool = true
  ) throws -> TuningPlan {
    try TuningPlan(
      steps: steps,
      for: TuningPlan.Training(epochs: epochs, searchSteps: 10, finalSteps: 13, folds: folds),
      candidates: candidates, trainsWinner: trainsWinner)
  }

  @Test(arguments: [1, 2, 3, 7, 40, 100], [2, 3, 8, 64])
  func `A plan stays within its budget and within a whole training`(epochs: Int, candidates: Int) throws {
    for steps in stride(from: 200, to: 40_000, by: 371) {
      let plan = try Self.plan(steps, epochs: epochs, candidates: candidates, folds: steps % 4)
      #expect(plan.searchSteps + plan.finalSteps <= steps)
      #expect(plan.searchEpochs <= epochs && plan.finalEpochs <= epochs && plan.finalEpochs >= 1)
      #expect((2...candidates).contains(plan.rungs[0].candidates))
      #expect(plan.rungs[0].epochs >= 1)
      for (rung, next) in zip(plan.rungs, plan.rungs.dropFirst()) {
        #expect(rung.epochs < next.epochs && next.candidates == max(2, (rung.candidates + 1) / 2))
      }
    }
  }

  @Test func `Half is the search's, and what a training does not need`() throws {
    // This is far less than a whole training: eleven epochs of 13 steps are half, and leave fifteen of 10.
    let small = try Self.plan(300)
    #expect(small.rungs == HalvingState.rungs(candidates: 4, count: 2, epochs: 5) && small.finalEpochs == 11)
    // There are 800 steps for three rungs, of which the last takes half a training.
    let middle = try Self.plan(1333)
    #expect(
      middle.rungs == HalvingState.rungs(candidates: 8, count: 3, epochs: 20) && middle.finalEpochs == 40)
    // There are whole trainings of sixteen candidates.
    let large = try Self.plan(2600)
    #expect(large.rungs == HalvingState.rungs(candidates: 16, count: 4, epochs: 40))
    // There are more candidates, but no longer trainings.
    let larger = try Self.plan(8000)
    #expect(larger.searchEpochs == 40 && larger.rungs[0].candidates == 58 && larger.rungs.count == 4)
    #expect(try Self.plan(10_000_000).rungs[0].candidates == TuningPlan.mostCandidates)
    let alone = try Self.plan(2000, trainsWinner: false)
    #expect(alone.finalSteps == 0 && alone.searchEpochs == 40 && alone.rungs.count == 4)
  }

  @Test func `Whole trainings to compare come before longer rungs, where there is room for them`() throws {
    // There are 208 epochs: four whole trainings of 40 leave 48, which are eight candidates for up to 12.
    let plan = try Self.plan(2600, folds: 2)
    #expect(plan.rungs == HalvingState.rungs(candidates: 8, count: 3, epochs: 12) && plan.folds == 2)
    #expect(plan.searchSteps == 2080 && plan.comparisonEpochs == 40)
    #expect(try Self.plan(2600, folds: 2, trainsWinner: false).comparisonEpochs == 40)
    #expect(try Self.plan(53, folds: 2).folds == 0)
  }

  @Test func `Too small a budget is refused with the least`() throws {
    let error = #expect(throws: ConfigurationError.self) { try Self.plan(50) }
    #expect(error?.setting == "steps" && error?.problem.contains("at least 53") == true, "\(error as Any)")
    #expect(try Self.plan(53).rungs == HalvingState.rungs(candidates: 2, count: 1, epochs: 2))
  }
}
