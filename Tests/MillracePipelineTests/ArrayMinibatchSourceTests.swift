import MillracePipeline
import Testing

struct ArrayMinibatchSourceTests {
  private let features = (0..<10).map(Float.init)

  @Test func rowsComeInOrderWithTheirLabelsAndTargets() {
    let source = ArrayMinibatchSource(
      features: features, featureCount: 2, labels: [5, 6, 7, 8, 9], targets: [0.5, 1.5, 2.5, 3.5, 4.5],
      batchSize: 3, epochs: 0..<2)
    var seen: [[Float]] = []
    var heads: [[Int]] = []
    while let minibatch = source.next() {
      heads.append([minibatch.epoch, minibatch.index, minibatch.isLastOfEpoch ? 1 : 0])
      seen.append(
        (0..<minibatch.count).flatMap { row in
          [
            minibatch.features[2 * row], minibatch.features[2 * row + 1], Float(minibatch.labels[row]),
            minibatch.targets?[row] ?? -1, Float(minibatch.samples[row]),
          ]
        })
      source.release(minibatch)
    }
    let epoch: [[Float]] = [
      [0, 1, 5, 0.5, 0, 2, 3, 6, 1.5, 1, 4, 5, 7, 2.5, 2], [6, 7, 8, 3.5, 3, 8, 9, 9, 4.5, 4],
    ]
    #expect(seen == epoch + epoch)
    #expect(heads == [[0, 0, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]])
  }

  @Test func aSeedShufflesAsEveryOtherSourceDoes() {
    let source = ArrayMinibatchSource(
      features: features, featureCount: 1, batchSize: 10, epochs: 3..<4, seed: 8)
    let minibatch = source.next()
    let samples = (0..<10).map { minibatch?.samples[$0] ?? -1 }
    #expect(samples == EpochOrder.shuffled(count: 10, seed: 8).samples(epoch: 3))
    #expect(minibatch?.labels[0] == -1)
  }

  @Test func noRowsAreNoMinibatches() {
    #expect(ArrayMinibatchSource(features: [], featureCount: 4, batchSize: 2, epochs: 0..<2).next() == nil)
  }
}
