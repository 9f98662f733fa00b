import MillraceThreads
import Testing

@testable import MillracePipeline

struct MinibatchProducerTests {
  /// Writes rows that identify sample and epoch; some samples are bad.
  private final class TellingLoader: RowLoader {
    let check: (Int) throws -> Void

    init(_ check: @escaping (Int) throws -> Void = { _ in }) { self.check = check }

    func load(sample: Int, turn: Int, epoch: Int, into row: MinibatchRow) throws {
      try check(sample)
      row.features[0] = Float(sample)
      row.features[1] = Float(epoch)
      row.label.pointee = Int32(sample % 7)
      row.targets?.pointee = Float(sample) / 2 + Float(turn) * 1000
    }
  }

  private struct Fatal: Error, Equatable {
    var sample = -1
  }

  private static func bad(_ sample: Int) -> BadSample { BadSample(path: "\(sample).png", reason: "is bad") }

  /// Everything that a minibatch contains.
  private struct Delivered: Equatable {
    var epoch: Int
    var index: Int
    var isLast: Bool
    var features: [Float]
    var labels: [Int32]
    var samples: [Int32]
    var targets: [Float]
    var skipped: [SkippedSample]

    init(_ minibatch: Minibatch) {
      epoch = minibatch.epoch
      index = minibatch.index
      isLast = minibatch.isLastOfEpoch
      let count = minibatch.count
      features = Array(UnsafeBufferPointer(start: minibatch.features, count: count * minibatch.featureCount))
      labels = Array(UnsafeBufferPointer(start: minibatch.labels, count: count))
      samples = Array(UnsafeBufferPointer(start: minibatch.samples, count: count))
      targets = Array(UnsafeBufferPointer(start: minibatch.targets, count: count * minibatch.targetCount))
      skipped = minibatch.skipped
    }
  }

  private func drain(_ producer: MinibatchProducer) throws -> [Delivered] {
    var result: [Delivered] = []
    while let minibatch = try producer.next() {
      result.append(Delivered(minibatch))
      producer.release(minibatch)
    }
    return result
  }

  private func deliveries(
    count: Int = 53, _ options: MinibatchProducer.Options,
    makeLoader: @escaping @Sendable () throws -> any RowLoader = { TellingLoader() }
  ) throws -> [Delivered] {
    let producer = try MinibatchProducer(
      order: .shuffled(count: count, seed: 11), featureCount: 2, targetCount: 1, options: options,
      makeLoader: makeLoader)
    defer { producer.stop() }
    return try drain(producer)
  }

  @Test func everySampleOfAnEpochIsDeliveredOnceInTheOrderOfTheEpoch() throws {
    let order = EpochOrder.shuffled(count: 53, seed: 11)
    let delivered = try deliveries(.init(batchSize: 8, epochs: 2..<5, loaders: 3, slots: 3))
    for epoch in 2..<5 {
      let minibatches = delivered.filter { $0.epoch == epoch }
      #expect(minibatches.flatMap(\.samples) == order.samples(epoch: epoch))
      #expect(minibatches.map(\.index) == Array(0..<7))
      #expect(minibatches.map(\.isLast) == [false, false, false, false, false, false, true])
      #expect(minibatches.map(\.samples.count) == [8, 8, 8, 8, 8, 8, 5])
    }
    for minibatch in delivered {
      let samples = minibatch.samples
      #expect(minibatch.features == samples.flatMap { [Float($0), Float(minibatch.epoch)] })
      #expect(minibatch.labels == samples.map { $0 % 7 })
      #expect(minibatch.targets == samples.map { Float($0) / 2 })
    }
  }

  @Test(arguments: [1, 3]) func aTinyRestComesWithTheMinibatchBefore(loaders: Int) throws {
    let order = EpochOrder.shuffled(count: 53, seed: 11)
    let options = MinibatchProducer.Options(
      batchSize: 17, leastRest: 3, epochs: 0..<2, loaders: loaders, slots: 2)
    let delivered = try deliveries(options)
    #expect(delivered.map(\.samples.count) == [17, 17, 19, 17, 17, 19])
    #expect(delivered.map(\.isLast) == [false, false, true, false, false, true])
    #expect(delivered.flatMap(\.samples) == order.samples(epoch: 0) + order.samples(epoch: 1))
    for minibatch in delivered { #expect(minibatch.labels == minibatch.samples.map { $0 % 7 }) }
    // A bad sample in the middle lets those after it move up.
    let skipping = try deliveries(options) { TellingLoader { if $0 == 30 { throw Self.bad($0) } } }
    #expect(skipping.flatMap(\.samples) == delivered.flatMap(\.samples).filter { $0 != 30 })
    #expect(skipping.flatMap(\.skipped).map(\.sample) == [30, 30])
  }

  @Test func aMinibatchHasRoomForWhatCanCome() throws {
    for (size, leastRest, capacity) in [(1_000_000, 0, 53), (17, 3, 19), (17, 0, 17)] {
      let producer = try MinibatchProducer(
        order: .sequential(count: 53), featureCount: 2, targetCount: 1,
        options: .init(batchSize: size, leastRest: leastRest, epochs: 0..<1)
      ) { TellingLoader() }
      defer { producer.stop() }
      #expect(try producer.next()?.capacity == capacity)
    }
  }

  /// This begins in mid-epoch, on a part of each minibatch, and where earlier samples were skipped.
  @Test func eachRowKnowsItsTurnWhereverOneBegins() throws {
    let order = EpochOrder.balanced(labels: [0, 0, 0] + Array(repeating: 1, count: 37), seed: 5)
    for (shards, start) in [(0..<3, 0), (0..<3, 2), (1..<2, 1), (2..<3, 3)] {
      var options = MinibatchProducer.Options(
        batchSize: 12, epochs: 1..<4, start: MinibatchPosition(epoch: 1, minibatch: start), loaders: 3)
      options.part = MinibatchPart(shards: shards, of: 3)
      let producer = try MinibatchProducer(
        order: order, featureCount: 2, targetCount: 1, options: options
      ) { TellingLoader { if $0 % 5 == 4 { throw Self.bad($0) } } }
      defer { producer.stop() }
      while let minibatch = try producer.next() {
        let samples = order.samples(epoch: minibatch.epoch)
        let turns = EpochOrder.turns(samples)
        for row in 0..<minibatch.count {
          let place = minibatch.index * 12 + Int(minibatch.places[row])
          #expect(minibatch.samples[row] == samples[place] && minibatch.turns[row] == turns[place])
          #expect(minibatch.targets?[row] == Float(samples[place]) / 2 + Float(turns[place]) * 1000)
        }
        producer.release(minibatch)
      }
    }
  }

  @Test(arguments: [1, 2, 5], [2, 3, 8])
  func loadersAndSlotsDoNotChangeABit(loaders: Int, slots: Int) throws {
    let skipThirds: @Sendable () -> any RowLoader = {
      TellingLoader { if $0 % 3 == 1 { throw Self.bad($0) } }
    }
    let reference = try deliveries(
      .init(batchSize: 10, epochs: 0..<3, loaders: 1, slots: 2), makeLoader: skipThirds)
    let delivered = try deliveries(
      .init(batchSize: 10, epochs: 0..<3, loaders: loaders, slots: slots), makeLoader: skipThirds)
    #expect(delivered == reference)
  }

  @Test func aResumedRunDeliversTheRest() throws {
    let options = MinibatchProducer.Options(batchSize: 8, epochs: 0..<3, loaders: 2, slots: 3)
    let whole = try deliveries(options)
    for done in [0, 1, 6, 7, 8, 20, 21] {
      var rest = options
      rest.start = MinibatchPosition(epoch: done / 7, minibatch: done % 7)
      #expect(try deliveries(rest) == Array(whole.dropFirst(done)), "after \(done) minibatches")
    }
  }

  @Test func aMinibatchLargerThanTheDataIsOneSmallerMinibatch() throws {
    let delivered = try deliveries(count: 3, .init(batchSize: 100, epochs: 0..<2))
    #expect(delivered.map(\.samples.count) == [3, 3])
    #expect(delivered.map(\.isLast) == [true, true])
  }

  @Test func noSamplesAreNoMinibatches() throws {
    #expect(try deliveries(count: 0, .init(batchSize: 4, epochs: 0..<2)) == [])
  }

  @Test func badSamplesAreLeftOutAndListedInOrder() throws {
    let delivered = try deliveries(.init(batchSize: 8, epochs: 0..<1, loaders: 4, slots: 2)) {
      TellingLoader { if $0.isMultiple(of: 4) { throw Self.bad($0) } }
    }
    let order = EpochOrder.shuffled(count: 53, seed: 11).samples(epoch: 0)
    #expect(delivered.flatMap(\.samples) == order.filter { $0 % 4 != 0 })
    #expect(delivered.flatMap(\.skipped).map { Int32($0.sample) } == order.filter { $0 % 4 == 0 })
    #expect(delivered.flatMap(\.features).count == 2 * order.filter { $0 % 4 != 0 }.count)
    let first = try #require(delivered.flatMap(\.skipped).first)
    #expect(first.path == "\(first.sample).png")
    #expect(first.reason == "is bad")
  }

  @Test func aMinibatchMayConsistOfBadSamplesAlone() throws {
    let delivered = try deliveries(count: 6, .init(batchSize: 4, epochs: 0..<1)) {
      TellingLoader { throw Self.bad($0) }
    }
    #expect(delivered.map(\.samples.count) == [0, 0])
    #expect(delivered.map(\.skipped.count) == [4, 2])
  }

  @Test(arguments: [1, 2, 5], 0..<5)
  func theFirstBadSampleInOrderFailsTheRun(loaders: Int, repetition: Int) throws {
    let order = EpochOrder.shuffled(count: 53, seed: 11).samples(epoch: 0)
    let culprits = Set(order[20...].prefix(12))
    let producer = try MinibatchProducer(
      order: .shuffled(count: 53, seed: 11), featureCount: 2,
      options: .init(batchSize: 8, epochs: 0..<9, loaders: loaders, slots: 4, onBadSample: .fail)
    ) {
      TellingLoader { if culprits.contains(Int32($0)) { throw Self.bad($0) } }
    }
    defer { producer.stop() }
    for _ in 0..<2 {
      let minibatch = try #require(try producer.next())
      producer.release(minibatch)
    }
    #expect(throws: Self.bad(Int(order[20]))) { try producer.next() }
    #expect(throws: Self.bad(Int(order[20])), "and again") { try producer.next() }
  }

  @Test func anErrorThatIsNoBadSampleEndsTheRunUnderEitherPolicy() throws {
    #expect(throws: Fatal(sample: 30)) {
      try deliveries(.init(batchSize: 8, epochs: 0..<9, loaders: 3, onBadSample: .skip)) {
        TellingLoader { if $0 == 30 { throw Fatal(sample: $0) } }
      }
    }
  }

  @Test func aLoaderThatCannotBeMadeEndsTheRun() throws {
    #expect(throws: Fatal()) { try deliveries(.init(batchSize: 8, epochs: 0..<1)) { throw Fatal() } }
  }

  @Test(arguments: [2, 3, 5])
  func loadersNeverRunFurtherAheadThanTheRing(slots: Int) throws {
    // This compares the number of each row with the number of minibatches that were released when its load began.
    let released = Monitor(0)
    let worst = Monitor(Int.min)
    let order = EpochOrder.sequential(count: 40)
    let producer = try MinibatchProducer(
      order: order, featureCount: 2, options: .init(batchSize: 5, epochs: 0..<1, loaders: 3, slots: slots)
    ) {
      TellingLoader { sample in
        let ahead = sample / 5 - released.withLock { $0 }
        worst.withLock { $0 = max($0, ahead) }
      }
    }
    defer { producer.stop() }
    while let minibatch = try producer.next() {
      // This is counted first: a loader may begin at the moment when the minibatch is released.
      released.withLock { $0 += 1 }
      producer.release(minibatch)
    }
    #expect(worst.withLock { $0 } < slots)
  }

  @Test func loadersThatWaitForRoomAreStopped() throws {
    let loaded = Monitor(0)
    let producer = try MinibatchProducer(
      order: .sequential(count: 100), featureCount: 2,
      options: .init(batchSize: 5, epochs: 0..<100, loaders: 3, slots: 2)
    ) {
      TellingLoader { _ in
        loaded.withLock { $0 += 1 }
        loaded.notifyAll(0)
      }
    }
    loaded.wait(on: 0) { $0 == 10 ? () : nil }
    producer.stop()
    producer.stop()
    #expect(loaded.withLock { $0 } == 10, "two slots of five rows, and no more")
    #expect(try producer.next() == nil)
  }

  @Test func aConsumerThatWaitsForDataIsLetGo() throws {
    let gate = Monitor((isReached: false, isOpen: false), conditions: 2)
    let producer = try MinibatchProducer(
      order: .sequential(count: 4), featureCount: 2, options: .init(batchSize: 4, epochs: 0..<1)
    ) {
      TellingLoader { _ in
        gate.withLock { $0.isReached = true }
        gate.notifyAll(0)
        gate.wait(on: 1) { $0.isOpen ? () : nil }
      }
    }
    // The stop blocks until the loader has finished its row, so another thread calls it.
    let box = Box(producer: producer)
    let stopper = try WorkerThread(name: "stopper") {
      gate.wait(on: 0) { $0.isReached ? () : nil }
      let opener = try? WorkerThread(name: "opener") {
        gate.withLock { $0.isOpen = true }
        gate.notifyAll(1)
      }
      box.producer.stop()
      opener?.join()
    }
    _ = try producer.next()
    stopper.join()
    #expect(try producer.next() == nil)
  }

  @Test func goingAwayJoinsTheLoaders() throws {
    for _ in 0..<20 {
      _ = try MinibatchProducer(
        order: .sequential(count: 50), featureCount: 2, options: .init(batchSize: 5, epochs: 0..<9)
      ) { TellingLoader() }
    }
  }

  @Test func waitsAreMeasuredWhileTheyLast() throws {
    let gate = Monitor(false)
    let producer = try MinibatchProducer(
      order: .sequential(count: 8), featureCount: 2,
      options: .init(batchSize: 1, epochs: 0..<1, loaders: 2, slots: 2)
    ) {
      TellingLoader { _ in gate.wait(on: 0) { $0 ? () : nil } }
    }
    defer { producer.stop() }
    // The gate opens once the consumer is seen waiting for data.
    let box = Box(producer: producer)
    let opener = try WorkerThread(name: "opener") {
      while box.producer.waits.consumer == 0 {}
      gate.withLock { $0 = true }
      gate.notifyAll(0)
    }
    let minibatch = try #require(try producer.next())
    opener.join()
    // The minibatch is released once the loaders are seen waiting for room.
    while producer.waits.producers == 0 {}
    producer.release(minibatch)
    #expect(try drain(producer).count == 7)
    #expect(producer.producerCount == 2)
    #expect(producer.stepsPerEpoch == 8)
  }

  /// Carries a producer to another thread, for methods that any thread may call.
  private struct Box: @unchecked Sendable {
    let producer: MinibatchProducer
  }
}
