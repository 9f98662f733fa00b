import MillraceThreads

/// Threads that load samples into minibatches ahead of their use, in a bounded ring.
///
/// The order and the bytes of the minibatches depend neither on the number of loaders nor on that of the slots. All
/// memory is allocated at the start and reused; loaders that find no free slot block. Prefetching goes on across
/// epochs. Call ``stop()`` when done; releasing the producer does so, too.
public final class MinibatchProducer: MinibatchSource {
  /// The options of a producer.
  public struct Options: Sendable, Hashable {
    /// The rows of a minibatch; the last of an epoch may have fewer, or more.
    public var batchSize: Int
    /// See `EpochCut/leastRest`.
    public var leastRest: Int
    /// The epochs to go through.
    public var epochs: Range<Int>
    /// The first minibatch to deliver; nil begins at the first epoch.
    public var start: MinibatchPosition?
    /// The number of threads.
    public var loaders: Int
    /// The number of minibatches that may be under way: being filled, waiting, or lent out. At least 2, so that one
    /// can be filled while another is used.
    public var slots: Int
    /// What happens when a sample cannot be loaded.
    public var onBadSample: BadSamplePolicy
    /// The part of each minibatch that is loaded.
    public var part: MinibatchPart

    /// Makes options.
    public init(
      batchSize: Int, leastRest: Int = 0, epochs: Range<Int>, start: MinibatchPosition? = nil,
      loaders: Int = 2, slots: Int = 4,
      onBadSample: BadSamplePolicy = .skip, part: MinibatchPart = .whole
    ) {
      self.batchSize = batchSize
      self.leastRest = leastRest
      self.epochs = epochs
      self.start = start
      self.loaders = loaders
      self.slots = slots
      self.onBadSample = onBadSample
      self.part = part
    }
  }

  /// The options of this producer.
  public let options: Options
  /// The number of minibatches in an epoch.
  public var stepsPerEpoch: Int { state.geometry.stepsPerEpoch }
  /// The largest number of rows of a minibatch that are loaded here.
  public var capacity: Int { state.geometry.capacity }
  /// The number of loaders.
  public var producerCount: Int { options.loaders }

  private let state: ProducerState
  private var threads: [WorkerThread] = []

  /// Allocates the ring and starts the loaders.
  ///
  /// - Parameters:
  ///   - order: The samples that an epoch visits, and their order.
  ///   - featureCount: The values of a row.
  ///   - targetCount: The values of a row's dense target; 0 for none.
  ///   - options: The producer's options.
  ///   - makeLoader: Makes a thread's loader, on that thread. An error that it throws ends the run.
  /// - Throws: `ThreadError` if the system refuses to start a thread; then all others have been ended.
  package init(
    order: EpochOrder, featureCount: Int, targetCount: Int = 0, options: Options,
    makeLoader: @escaping @Sendable () throws -> any RowLoader
  ) throws {
    precondition(
      options.batchSize >= 1 && options.loaders >= 1 && options.slots >= 2,
      "a producer needs a batch size and loaders of at least 1 and at least 2 slots, got \(options)")
    self.options = options
    // Chunks are small enough that all loaders share one minibatch, and large enough that the lock is rarely taken.
    let cut = EpochCut(
      sampleCount: order.count, batchSize: options.batchSize, leastRest: options.leastRest)
    let rows = options.part.capacity(for: cut.capacity)
    let chunkRows = min(max(rows / (2 * options.loaders), 1), 16)
    let geometry = RingGeometry(
      cut: cut, slots: options.slots, chunkRows: chunkRows, epochs: options.epochs, part: options.part)
    let state = ProducerState(
      geometry: geometry, start: options.start ?? MinibatchPosition(epoch: options.epochs.lowerBound),
      order: order, featureCount: featureCount, targetCount: targetCount, loaders: options.loaders,
      makeLoader: makeLoader)
    self.state = state
    do {
      for number in 0..<options.loaders {
        threads.append(try WorkerThread(name: "loader-\(number)") { state.produce(as: number) })
      }
    } catch {
      stop()
      throw error
    }
  }

  deinit { stop() }

  /// Lends the next minibatch; blocks until it is complete. Nil after the last one, and after ``stop()``.
  ///
  /// - Throws: With ``BadSamplePolicy/fail``, the first ``BadSample`` in order; with either policy, any other error
  ///   of a loader. From then on it always throws the same error.
  public func next() throws -> Minibatch? {
    switch try state.waitForData() {
    case .end: return nil
    case .minibatch(let slot, _, let rows):
      let minibatch = state.minibatches[slot]
      do {
        try state.settle(minibatch, slot: slot, rows: rows, policy: options.onBadSample)
      } catch {
        state.fail(with: error)
        throw error
      }
      return minibatch
    }
  }

  /// Whether ``next()`` would return at once: with a minibatch, with nil, or by throwing.
  public var isNextReady: Bool {
    state.monitor.withLock { $0.failure != nil || $0.ring.isNextReady }
  }

  /// Takes a minibatch back. Any thread may call this, in any order.
  public func release(_ minibatch: Minibatch) {
    guard let slot = state.minibatches.firstIndex(where: { $0 === minibatch }) else {
      preconditionFailure("a minibatch was released to a producer that did not make it")
    }
    state.monitor.withLock { $0.ring.release(slot: slot) }
    state.monitor.notifyAll(ProducerState.Wait.forRoom)
  }

  /// Stops the loaders, wherever they are, and waits until their threads have ended. It may be called more than
  /// once.
  ///
  /// A loader finishes the rows that it has claimed. A caller that is blocked in ``next()`` gets nil. Minibatches
  /// that are lent out stay valid.
  public func stop() {
    state.monitor.withLock { $0.ring.stop() }
    state.monitor.notifyAll(ProducerState.Wait.forRoom)
    state.monitor.notifyAll(ProducerState.Wait.forData)
    for thread in threads { thread.join() }
    threads = []
  }

  /// How long loaders have waited for room, and the consumer for data, including waits under way.
  public var waits: WaitTimes {
    state.monitor.withLock { shared in
      let now = MonotonicClock.now()
      var waits = WaitTimes()
      for clock in shared.loaderWaits { waits.producers &+= clock.total(at: now) }
      waits.consumer = shared.consumerWait.total(at: now)
      return waits
    }
  }

  /// The time that the stages of loading took, over all loaders, up to the last chunk that each has finished.
  package var stageTimes: StageTimes {
    state.monitor.withLock { $0.stageTimes.reduce(StageTimes(), +) }
  }
}
