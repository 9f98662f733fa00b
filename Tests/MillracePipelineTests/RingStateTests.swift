import MillraceRandom
import Testing

@testable import MillracePipeline

struct RingStateTests {
  private func ring(
    samples: Int, batchSize: Int, slots: Int = 3, chunkRows: Int = 2, epochs: Range<Int>,
    start: MinibatchPosition? = nil
  ) -> RingState {
    RingState(
      RingGeometry(
        cut: EpochCut(sampleCount: samples, batchSize: batchSize), slots: slots, chunkRows: chunkRows,
        epochs: epochs),
      start: start ?? MinibatchPosition(epoch: epochs.lowerBound))
  }

  @Test func oneLoaderGoesThroughTheChunksInOrder() {
    var ring = ring(samples: 5, batchSize: 3, epochs: 0..<1)
    let claim1 = ring.claim()
    #expect(claim1 == .order(epoch: 0))
    let claim2 = ring.claim()
    #expect(claim2 == nil, "nothing can be opened without an order")
    ring.orderIsPrepared(epoch: 0)
    let expected = [(0, 0..<2, 0), (0, 2..<3, 0), (1, 0..<2, 1)].map { slot, rows, minibatch in
      RingState.Chunk(slot: slot, rows: rows, position: MinibatchPosition(epoch: 0, minibatch: minibatch))
    }
    let claim3 = ring.claim()
    #expect(claim3 == .rows(expected[0]))
    let claim4 = ring.claim()
    #expect(claim4 == .rows(expected[1]))
    let claim5 = ring.claim()
    #expect(claim5 == .rows(expected[2]))
    let claim6 = ring.claim()
    #expect(claim6 == .finished)
    let complete7 = ring.complete(expected[2])
    #expect(!complete7, "the minibatch before is not complete")
    let deliver8 = ring.deliver()
    #expect(deliver8 == nil)
    let complete9 = ring.complete(expected[0])
    #expect(!complete9)
    let complete10 = ring.complete(expected[1])
    #expect(complete10)
    let deliver11 = ring.deliver()
    #expect(deliver11 == .minibatch(slot: 0, position: MinibatchPosition(epoch: 0), rows: 3))
    let deliver12 = ring.deliver()
    #expect(deliver12 == .minibatch(slot: 1, position: MinibatchPosition(epoch: 0, minibatch: 1), rows: 2))
    let deliver13 = ring.deliver()
    #expect(deliver13 == .end)
  }

  @Test func theNextOrderIsPreparedWhileThePresentEpochRuns() {
    var ring = ring(samples: 4, batchSize: 2, slots: 4, epochs: 0..<3)
    var claims: [RingState.Claim] = []
    while let claim = ring.claim(), claim != .finished {
      claims.append(claim)
      if case .order(let epoch) = claim { ring.orderIsPrepared(epoch: epoch) }
    }
    let orders = claims.enumerated().compactMap { index, claim in
      if case .order(let epoch) = claim { return (index, epoch) }
      return nil
    }
    #expect(orders.map(\.1) == [0, 1, 2])
    // Order 0 comes first, order 1 after the first minibatch has begun, and order 2 once epoch 1 has begun.
    #expect(orders.map(\.0) == [0, 2, 5])
  }

  @Test func stoppingEndsBothSides() {
    var ring = ring(samples: 9, batchSize: 3, epochs: 0..<2)
    let claim14 = ring.claim()
    #expect(claim14 == .order(epoch: 0))
    ring.stop()
    let claim15 = ring.claim()
    #expect(claim15 == .finished)
    let deliver16 = ring.deliver()
    #expect(deliver16 == .end)
    ring.orderIsPrepared(epoch: 0)
    let claim17 = ring.claim()
    #expect(claim17 == .finished)
  }

  @Test(arguments: [(0, 0..<3), (5, 0..<0), (5, 3..<3)])
  func nothingToDoEndsAtOnce(samples: Int, epochs: Range<Int>) {
    var ring = ring(samples: samples, batchSize: 2, epochs: epochs)
    let claim18 = ring.claim()
    #expect(claim18 == .finished)
    let deliver19 = ring.deliver()
    #expect(deliver19 == .end)
  }

  @Test func aRunMayBeginAnywhere() {
    var positions: [MinibatchPosition] = []
    var ring = ring(
      samples: 5, batchSize: 2, slots: 9, chunkRows: 9, epochs: 0..<3,
      start: MinibatchPosition(epoch: 1, minibatch: 2))
    while let claim = ring.claim(), claim != .finished {
      switch claim {
      case .order(let epoch): ring.orderIsPrepared(epoch: epoch)
      case .rows(let chunk): positions.append(chunk.position)
      case .finished: break
      }
    }
    #expect(positions.map { [$0.epoch, $0.minibatch] } == [[1, 2], [2, 0], [2, 1], [2, 2]])
  }

  @Test func theEndOfAnEpochIsTheStartOfTheNext() {
    var ring = ring(
      samples: 4, batchSize: 2, epochs: 0..<2, start: MinibatchPosition(epoch: 0, minibatch: 2))
    let claim20 = ring.claim()
    #expect(claim20 == .order(epoch: 1))
  }

  /// Lets loaders and a consumer act in a random order, and checks the state at each step.
  @Test(arguments: 0..<200)
  func randomInterleavingsDeliverEverythingOnceInOrderWithinTheBound(seed: Int) {
    var random = KeyedRandom(seed: UInt64(seed), purpose: .preview)
    let samples = 1 + random.index(below: 40)
    let batchSize = 1 + random.index(below: 9)
    let slots = 2 + random.index(below: 4)
    let epochs = random.index(below: 2)..<2 + random.index(below: 4)
    let loaders = 1 + random.index(below: 5)
    let geometry = RingGeometry(
      cut: EpochCut(
        sampleCount: samples, batchSize: batchSize, leastRest: random.index(below: batchSize + 1)),
      slots: slots, chunkRows: 1 + random.index(below: 5), epochs: epochs)
    let steps = geometry.stepsPerEpoch
    let start = MinibatchPosition(epoch: epochs.lowerBound, minibatch: random.index(below: steps))
    var ring = RingState(geometry, start: start)

    /// The work of each loader; nil for one without work.
    var work = [RingState.Claim?](repeating: nil, count: loaders)
    var finished = [Bool](repeating: false, count: loaders)
    var lent: [Int] = []
    /// The rows that were completed, by position.
    var written: [MinibatchPosition: [Int]] = [:]
    var prepared: Set<Int> = []
    var deliveries: [MinibatchPosition] = []
    var isAtEnd = false
    var opened = 0
    var released = 0

    while !isAtEnd || !finished.allSatisfy({ $0 }) {
      let actor = random.index(below: loaders + 2)
      if actor < loaders {
        switch work[actor] {
        case .order(let epoch):
          ring.orderIsPrepared(epoch: epoch)
          prepared.insert(epoch)
          work[actor] = nil
        case .rows(let chunk):
          written[chunk.position, default: []] += chunk.rows
          let isNext = ring.complete(chunk)
          let rows = geometry.rows(ofMinibatch: chunk.position.minibatch).count
          if isNext { #expect(written[chunk.position]?.count == rows) }
          work[actor] = nil
        case .finished, nil:
          work[actor] = ring.claim()
          if case .rows(let chunk) = work[actor] {
            #expect(prepared.contains(chunk.position.epoch))
            if chunk.rows.lowerBound == 0 { opened += 1 }
            #expect(opened - released <= slots, "no more minibatches are under way than there are slots")
          }
          if case .order(let epoch) = work[actor] {
            #expect(deliveries.allSatisfy { $0.epoch <= epoch })
          }
          if work[actor] == .finished { finished[actor] = true }
        }
      } else if actor == loaders {
        switch ring.deliver() {
        case .minibatch(let slot, let position, let rows):
          #expect(!lent.contains(slot))
          #expect(written[position]?.sorted() == Array(0..<rows), "complete, and each row once")
          #expect(rows == geometry.rows(ofMinibatch: position.minibatch).count)
          lent.append(slot)
          deliveries.append(position)
        case .end: isAtEnd = true
        case nil: break
        }
      } else if !lent.isEmpty {
        ring.release(slot: lent.remove(at: random.index(below: lent.count)))
        released += 1
      }
    }
    var expected: [MinibatchPosition] = []
    for epoch in epochs {
      for minibatch in (epoch == start.epoch ? start.minibatch : 0)..<steps {
        expected.append(MinibatchPosition(epoch: epoch, minibatch: minibatch))
      }
    }
    #expect(deliveries == expected)
  }
}
