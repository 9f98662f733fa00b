import MillraceNetwork
import Testing

@testable import Millrace

/// The programs that the article on the step shows.
struct ProgramTextTests {
  private static func text(ranks: Int, workers: Int) -> String {
    let network = Network(
      NetworkConfiguration(inputCount: 64, hidden: [HiddenLayer(units: 20)], outputCount: 3))
    let placement = Placement(
      StepLayout(network: network, shards: ShardPlan(count: 2)), capacity: 32, rank: 0, ranks: ranks,
      workers: workers, mostWorkers: workers)
    let kind = StepProgram.Kind(measuresNorm: false, isOfParts: true)
    return ProgramBuilder.program(placement, kind).description
  }

  @Test func `Two workers of a process alone claim shards, meet, and step`() {
    #expect(
      Self.text(ranks: 1, workers: 2) == """
        worker 0
          claim(queue: 0)
          meet
          stopIfDiverged
          sumAndStep(piece: 0)
        worker 1
          claim(queue: 0)
          meet
          stopIfDiverged
          sumAndStep(piece: 1)
        queue 0, task 0
          multiply(rows: 0, shard: 0)
          forward(shard: 0, stage: 0)
          evaluateLoss(shard: 0)
          backward(shard: 0, layer: 1)
          writeGradient(rows: 1, shard: 0)
          backward(shard: 0, layer: 0)
          writeGradient(rows: 0, shard: 0)
        queue 0, task 1
          multiply(rows: 0, shard: 1)
          forward(shard: 1, stage: 0)
          evaluateLoss(shard: 1)
          backward(shard: 1, layer: 1)
          writeGradient(rows: 1, shard: 1)
          backward(shard: 1, layer: 0)
          writeGradient(rows: 0, shard: 1)
        """)
  }

  @Test func `Two ranks send what the other steps, as soon as it is there`() {
    #expect(
      Self.text(ranks: 2, workers: 1) == """
        opening
          receive gradients(bucket: 0, part: Range(1..<2)), rank 1 to 0
        worker 0
          claim(queue: 0)
          meet
          finish(tag: 0)
          finishGathers
          meet
          stopIfDiverged
          sumAndStep(piece: 0)
          shareParameters(bucket: 0)
          shareFindings
          finish(tag: 0)
          finishGathers
          finishSends
          meet
          average(blocks: Range(0..<4))
        queue 0, task 0
          multiply(rows: 0, shard: 0)
          forward(shard: 0, stage: 0)
          evaluateLoss(shard: 0)
          backward(shard: 0, layer: 1)
          count(counter: 1)
          backward(shard: 0, layer: 0)
          count(counter: 1)
          count(counter: 0)
          writeGradient(rows: 1, shard: 0)
          count(counter: 1)
          writeGradient(rows: 0, shard: 0)
        counter 0, after 1
          shareLosses
        counter 1, after 3
          addUp(part: 0, bucket: 0, rank: 1)
          send gradients(bucket: 0, part: Range(0..<1)), rank 0 to 1
        """)
  }
}
