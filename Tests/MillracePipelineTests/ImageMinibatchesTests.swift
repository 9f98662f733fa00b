import MillraceImages
import Testing

@testable import MillracePipeline

struct ImageMinibatchesTests {
  /// Everything that a producer delivers: features, labels and samples of each minibatch, and what was skipped.
  private struct Run: Equatable {
    var features: [UInt32] = []
    var labels: [Int32] = []
    var samples: [Int32] = []
    var skipped: [SkippedSample] = []
  }

  private func run(_ tree: ImageTree, policy: String, loaders: Int, slots: Int, epochs: Range<Int> = 0..<2)
    throws
    -> Run
  {
    let preprocessing = try Preprocessing(size: ImageSize(width: 12, height: 9), channels: .rgb)
    let loading = ImageLoading(
      preprocessing: preprocessing, policy: try AugmentationPolicy(parsing: policy), seed: 77)
    let producer = try MinibatchProducer(
      dataset: tree.dataset, loading: loading, shuffles: true,
      options: .init(batchSize: 6, epochs: epochs, loaders: loaders, slots: slots))
    defer { producer.stop() }
    var run = Run()
    while let minibatch = try producer.next() {
      let count = minibatch.count
      for value in UnsafeBufferPointer(start: minibatch.features, count: count * minibatch.featureCount) {
        run.features.append(value.bitPattern)
      }
      run.labels += UnsafeBufferPointer(start: minibatch.labels, count: count)
      run.samples += UnsafeBufferPointer(start: minibatch.samples, count: count)
      run.skipped += minibatch.skipped
      producer.release(minibatch)
    }
    return run
  }

  @Test func loadersAndSlotsDoNotChangeABitOfRealImages() throws {
    let tree = try ImageTree()
    let policy = "flip:0.5, crop:0.4..1, rotate:15, brightness:0.2, saturation:0.2"
    let reference = try run(tree, policy: policy, loaders: 1, slots: 2)
    #expect(reference.samples.count == 2 * (tree.dataset.count - ImageTree.bad.count))
    #expect(reference.labels == reference.samples.map { Int32(tree.dataset.label(of: Int($0))) })
    for loaders in [1, 2, 5] {
      for slots in [2, 3, 8] {
        let other = try run(tree, policy: policy, loaders: loaders, slots: slots)
        #expect(other == reference, "\(loaders) loaders, \(slots) slots")
      }
    }
  }

  /// Every visit of an image has its own draw, and the first visit's draw is that of an only visit.
  @Test func anImageThatComesAgainLooksDifferent() throws {
    let tree = try ImageTree()
    let preprocessing = try Preprocessing(size: ImageSize(width: 12, height: 9), channels: .rgb)
    let loading = ImageLoading(
      preprocessing: preprocessing, policy: try AugmentationPolicy(parsing: "rotate:40, noise:0.1"), seed: 77)
    // These are the first image of one class, and all of the other.
    let dataset = tree.dataset.subset([0] + (14..<28))
    func rows(balances: Bool) throws -> [Int32: [[Float]]] {
      let producer = try MinibatchProducer(
        dataset: dataset, loading: loading, shuffles: true, balances: balances,
        options: .init(batchSize: 5, epochs: 3..<4, loaders: 2))
      defer { producer.stop() }
      var rows: [Int32: [[Float]]] = [:]
      while let minibatch = try producer.next() {
        for row in 0..<minibatch.count {
          rows[minibatch.samples[row], default: []].append(
            Array(UnsafeBufferPointer(start: minibatch.features(ofRow: row), count: minibatch.featureCount)))
        }
        producer.release(minibatch)
      }
      return rows
    }
    let (repeated, single) = (try rows(balances: true), try rows(balances: false))
    #expect(try #require(repeated[0]).count == 7)
    for (sample, pictures) in repeated {
      #expect(Set(pictures).count == pictures.count)
      #expect(pictures[0] == single[sample]?[0])
    }
  }

  @Test func exactlyTheBadFilesAreListedOnceAnEpoch() throws {
    let tree = try ImageTree()
    let run = try run(tree, policy: "none", loaders: 3, slots: 3)
    let expected = ImageTree.bad.map { tree.folder.path + "/" + $0 }.sorted()
    #expect(run.skipped.prefix(4).map(\.path).sorted() == expected)
    #expect(run.skipped.suffix(4).map(\.path).sorted() == expected)
    #expect(run.skipped.count == 8)
    for skipped in run.skipped { #expect(tree.dataset.path(of: skipped.sample) == skipped.path) }
  }

  @Test func eachEpochDrawsAnew() throws {
    let tree = try ImageTree()
    let first = try run(tree, policy: "rotate:30", loaders: 1, slots: 2, epochs: 0..<1)
    let second = try run(tree, policy: "rotate:30", loaders: 1, slots: 2, epochs: 1..<2)
    #expect(first.samples != second.samples)
    #expect(first.features != second.features)
  }

  @Test func theFirstBadFileInOrderFailsTheRunIfSoAsked() throws {
    let tree = try ImageTree()
    let preprocessing = try Preprocessing(size: ImageSize(width: 4, height: 4), channels: .gray)
    let producer = try MinibatchProducer(
      dataset: tree.dataset, loading: ImageLoading(preprocessing: preprocessing), shuffles: false,
      options: .init(batchSize: 16, epochs: 0..<1, loaders: 3, onBadSample: .fail))
    defer { producer.stop() }
    let error = #expect(throws: BadSample.self) {
      while let minibatch = try producer.next() { producer.release(minibatch) }
    }
    #expect(error?.path == tree.folder.path + "/a/3.png")
  }
}
