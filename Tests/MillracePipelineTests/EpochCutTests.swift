import Testing

@testable import MillracePipeline

struct EpochCutTests {
  @Test(arguments: [
    // samples, size, least rest: sizes of the minibatches
    (20, 8, 0, [8, 8, 4]), (16, 8, 0, [8, 8]), (5, 8, 0, [5]), (0, 8, 0, []), (17, 8, 0, [8, 8, 1]),
    (17, 8, 2, [8, 9]), (18, 8, 2, [8, 8, 2]), (18, 8, 3, [8, 10]), (16, 8, 3, [8, 8]), (9, 8, 2, [9]),
    // There is no minibatch to join.
    (1, 8, 3, [1]), (7, 8, 8, [7]), (3, 1, 0, [1, 1, 1]),
  ])
  func aTinyRestJoinsTheMinibatchBefore(samples: Int, size: Int, leastRest: Int, sizes: [Int]) {
    let cut = EpochCut(sampleCount: samples, batchSize: size, leastRest: leastRest)
    #expect(cut.stepsPerEpoch == sizes.count)
    #expect((0..<cut.stepsPerEpoch).map { cut.samples(ofMinibatch: $0).count } == sizes)
    #expect((0..<cut.stepsPerEpoch).flatMap { Array(cut.samples(ofMinibatch: $0)) } == Array(0..<samples))
    #expect(cut.capacity == max(1, sizes.max() ?? 0))
  }
}
