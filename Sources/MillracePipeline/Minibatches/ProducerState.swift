import MillraceThreads

/// What the producer threads and the consumer share.
///
/// - Note: `@unchecked Sendable` holds because the ring hands each piece of memory to one thread at a time, and
///   every hand-over happens under the monitor's lock. A row of a minibatch, with its entries of `problems` and
///   `warnings`, belongs to the loader that claimed it until that loader completes the chunk. A minibatch's head
///   and sample numbers are written under the lock when it is opened. A delivered minibatch belongs to the consumer
///   until the consumer releases it. An epoch's order belongs to the loader that claimed its preparation until that
///   loader reports it prepared; afterwards it is only read under the lock, until it is claimed again.
final class ProducerState: @unchecked Sendable {
  /// The conditions of the monitor.
  enum Wait {
    static let forRoom = 0
    static let forData = 1
  }

  /// The state that the monitor guards.
  struct Shared: Sendable {
    var ring: RingState
    var loaderWaits: [WaitClock]
    var consumerWait = WaitClock()
    var stageTimes: [StageTimes]
    /// The error that ends the run; set once.
    var failure: (any Error)?
  }

  let geometry: RingGeometry
  let order: EpochOrder
  let monitor: Monitor<Shared>
  let minibatches: [Minibatch]
  /// The error that a loader threw, by slot and row.
  private let problems: UnsafeMutablePointer<(any Error)?>
  /// Whether the sample was loaded with warnings, by slot and row.
  private let warnings: UnsafeMutablePointer<Bool>
  /// The orders, by parity of the epoch.
  private let orders: [PreparedOrder]
  private let makeLoader: @Sendable () throws -> any RowLoader

  init(
    geometry: RingGeometry, start: MinibatchPosition, order: EpochOrder, featureCount: Int, targetCount: Int,
    loaders: Int, makeLoader: @escaping @Sendable () throws -> any RowLoader
  ) {
    self.geometry = geometry
    self.order = order
    self.makeLoader = makeLoader
    minibatches = (0..<geometry.slots).map { _ in
      Minibatch(
        capacity: geometry.capacity, featureCount: featureCount, targetCount: targetCount)
    }
    problems = .allocate(capacity: geometry.slots * geometry.capacity)
    problems.initialize(repeating: nil, count: geometry.slots * geometry.capacity)
    warnings = .allocate(capacity: geometry.slots * geometry.capacity)
    warnings.initialize(repeating: false, count: geometry.slots * geometry.capacity)
    orders = (0..<min(2, max(1, geometry.epochs.count))).map { _ in PreparedOrder(order) }
    monitor = Monitor(
      Shared(
        ring: RingState(geometry, start: start), loaderWaits: Array(repeating: WaitClock(), count: loaders),
        stageTimes: Array(repeating: StageTimes(), count: loaders)),
      conditions: 2)
  }

  deinit {
    problems.deinitialize(count: geometry.slots * geometry.capacity)
    problems.deallocate()
    warnings.deallocate()
  }

  // MARK: Loaders

  /// The life of a loader's thread: it claims work, does it, reports it, and begins again.
  func produce(as number: Int) {
    do {
      let loader = try makeLoader()
      while true {
        switch waitForRoom(as: number) {
        case .order(let epoch): prepareOrder(of: epoch)
        case .rows(let chunk): fill(chunk, with: loader, as: number)
        case .finished: return
        }
      }
    } catch {
      // Without a loader the thread can do nothing; every thread fails in the same way, so the first error is
      // reported.
      fail(with: error)
    }
  }

  /// Ends the run with an error, which `next()` throws.
  func fail(with error: any Error) {
    monitor.withLock { shared in
      if shared.failure == nil { shared.failure = error }
      shared.ring.stop()
    }
    monitor.notifyAll(Wait.forRoom)
    monitor.notifyAll(Wait.forData)
  }

  /// Only waits: a profile that shows this function shows loaders that are faster than the training.
  @inline(never)
  private func waitForRoom(as number: Int) -> RingState.Claim {
    monitor.wait(on: Wait.forRoom) { shared in
      guard let claim = shared.ring.claim() else {
        shared.loaderWaits[number].begin(at: MonotonicClock.now())
        return nil
      }
      shared.loaderWaits[number].end(at: MonotonicClock.now())
      if case .rows(let chunk) = claim, chunk.rows.lowerBound == 0 { open(chunk) }
      return claim
    }
  }

  /// Gives a minibatch its place and its samples. The lock must be held.
  private func open(_ chunk: RingState.Chunk) {
    let minibatch = minibatches[chunk.slot]
    minibatch.epoch = chunk.position.epoch
    minibatch.index = chunk.position.minibatch
    minibatch.stepsPerEpoch = geometry.stepsPerEpoch
    let rows = geometry.rows(ofMinibatch: chunk.position.minibatch)
    let planned = geometry.cut.samples(ofMinibatch: chunk.position.minibatch)
    minibatch.plannedCount = planned.count
    minibatch.plannedRows = rows
    let order = orders[chunk.position.epoch % orders.count]
    for (row, place) in rows.enumerated() {
      minibatch.samples[row] = order.samples[planned.lowerBound + place]
      minibatch.turns[row] = order.turns?[planned.lowerBound + place] ?? 0
      minibatch.places[row] = Int32(place)
    }
  }

  private func prepareOrder(of epoch: Int) {
    orders[epoch % orders.count].fill(epoch: epoch)
    monitor.withLock { $0.ring.orderIsPrepared(epoch: epoch) }
    monitor.notifyAll(Wait.forRoom)
  }

  private func fill(_ chunk: RingState.Chunk, with loader: any RowLoader, as number: Int) {
    let minibatch = minibatches[chunk.slot]
    for row in chunk.rows {
      let place = chunk.slot * geometry.capacity + row
      do {
        try loader.load(
          sample: Int(minibatch.samples[row]), turn: Int(minibatch.turns[row]), epoch: chunk.position.epoch,
          into: minibatch.row(row))
        warnings[place] = loader.lastHadWarnings
      } catch {
        problems[place] = error
      }
    }
    let times = loader.stageTimes
    let isNext = monitor.withLock { shared in
      shared.stageTimes[number] = times
      return shared.ring.complete(chunk)
    }
    if isNext { monitor.notifyOne(Wait.forData) }
  }

  // MARK: The consumer

  /// Only waits: a profile that shows this function shows training that is faster than the loaders.
  @inline(never)
  func waitForData() throws -> RingState.Delivery {
    try monitor.wait(on: Wait.forData) { shared in
      if let failure = shared.failure { throw failure }
      guard let delivery = shared.ring.deliver() else {
        shared.consumerWait.begin(at: MonotonicClock.now())
        return nil
      }
      shared.consumerWait.end(at: MonotonicClock.now())
      return delivery
    }
  }

  /// Moves the rows that were loaded over those that were not, and records the latter.
  ///
  /// - Throws: What the first bad row threw, if that row may not be skipped.
  func settle(_ minibatch: Minibatch, slot: Int, rows: Int, policy: BadSamplePolicy) throws {
    minibatch.skipped.removeAll(keepingCapacity: true)
    minibatch.warned.removeAll(keepingCapacity: true)
    let problems = problems + slot * geometry.capacity
    let warnings = warnings + slot * geometry.capacity
    var valid = 0
    for row in 0..<rows {
      if let problem = problems[row] {
        problems[row] = nil
        guard policy == .skip, let bad = problem as? BadSample else { throw problem }
        minibatch.skipped.append(
          SkippedSample(sample: Int(minibatch.samples[row]), path: bad.path, reason: bad.reason))
      } else {
        if warnings[row] { minibatch.warned.append(minibatch.samples[row]) }
        if valid != row { minibatch.moveRow(row, to: valid) }
        valid += 1
      }
    }
    minibatch.count = valid
    minibatch.totalCount = valid
  }
}
