/// The minibatch ring as a pure state machine: no threads, no memory, no clock.
///
/// Loaders ``claim()`` chunks of rows in order and ``complete(_:)`` them in any order; the consumer gets
/// minibatches in order from ``deliver()`` and gives them back in any order with ``release(slot:)``. Minibatch
/// number n of the run is in slot n modulo the number of slots, which limits what is under way. Before an epoch's
/// first minibatch is opened, its sample order must be prepared, which is a claim, too. The preparation of the next
/// epoch is handed out as soon as the present one has begun, so nobody waits for it at the boundary. There are two
/// orders at a time, by the epoch's parity.
struct RingState: Sendable {
  /// Work for a loader.
  enum Claim: Hashable, Sendable {
    /// Prepare the sample order of an epoch, then call ``RingState/orderIsPrepared(epoch:)``.
    case order(epoch: Int)
    /// Fill rows of a slot, then call ``RingState/complete(_:)``. A chunk that begins at row 0 opens its minibatch.
    case rows(Chunk)
    /// No work will ever be left.
    case finished
  }

  /// Rows of one minibatch that one loader fills.
  struct Chunk: Hashable, Sendable {
    var slot: Int
    var rows: Range<Int>
    var position: MinibatchPosition
  }

  /// The result of asking for the next minibatch.
  enum Delivery: Hashable, Sendable {
    case minibatch(slot: Int, position: MinibatchPosition, rows: Int)
    case end
  }

  private struct Slot {
    enum Phase { case free, filling, full, lent }
    var phase = Phase.free
    var position = MinibatchPosition(epoch: 0)
    var rows = 0
    var claimed = 0
    var completed = 0
  }

  let geometry: RingGeometry
  private var slots: [Slot]
  /// The next minibatch to open.
  private var nextToOpen: MinibatchPosition
  /// The number of minibatches opened and delivered so far, and of all.
  private var opened = 0
  private var delivered = 0
  private let total: Int
  /// The orders of all epochs below this one have been prepared or skipped.
  private var preparedEpochs: Int
  private var isPreparing = false
  private(set) var isStopped = false

  init(_ geometry: RingGeometry, start: MinibatchPosition) {
    self.geometry = geometry
    slots = [Slot](repeating: Slot(), count: geometry.slots)
    let steps = geometry.stepsPerEpoch
    precondition(
      geometry.epochs.lowerBound <= start.epoch && start.epoch <= geometry.epochs.upperBound
        && (0...max(0, steps)).contains(start.minibatch),
      "a run of epochs \(geometry.epochs) with \(steps) minibatches each cannot begin at \(start)")
    // A position after the last minibatch of an epoch is the first of the next.
    let isAtEnd = steps > 0 && start.minibatch == steps
    nextToOpen = isAtEnd ? MinibatchPosition(epoch: start.epoch + 1) : start
    total = max(0, (geometry.epochs.upperBound - start.epoch) * steps - start.minibatch)
    preparedEpochs = nextToOpen.epoch
  }

  // MARK: Loaders

  /// The next piece of work; nil while there is no room, or while an order is being prepared that is needed first.
  mutating func claim() -> Claim? {
    defer { assert(isSound) }
    if isStopped { return .finished }
    if opened > 0 {
      let newest = (opened - 1) % slots.count
      if slots[newest].phase == .filling, slots[newest].claimed < slots[newest].rows {
        return .rows(claimChunk(of: newest))
      }
    }
    if opened == total { return .finished }
    if let epoch = epochToPrepare {
      isPreparing = true
      return .order(epoch: epoch)
    }
    guard preparedEpochs > nextToOpen.epoch, slots[opened % slots.count].phase == .free else { return nil }
    return .rows(open())
  }

  /// Says that an epoch's order is written.
  mutating func orderIsPrepared(epoch: Int) {
    defer { assert(isSound) }
    precondition(isPreparing && epoch == preparedEpochs, "the order of epoch \(epoch) was not asked for")
    isPreparing = false
    preparedEpochs += 1
  }

  /// Says that the rows of a chunk are written.
  ///
  /// - Returns: Whether the minibatch that is next to be delivered has become complete.
  mutating func complete(_ chunk: Chunk) -> Bool {
    defer { assert(isSound) }
    precondition(
      slots[chunk.slot].phase == .filling && slots[chunk.slot].position == chunk.position,
      "rows were written to a slot that is not being filled")
    slots[chunk.slot].completed += chunk.rows.count
    guard slots[chunk.slot].completed == slots[chunk.slot].rows else { return false }
    slots[chunk.slot].phase = .full
    return chunk.slot == delivered % slots.count
  }

  // MARK: The consumer

  /// Whether ``deliver()`` would return a delivery.
  var isNextReady: Bool {
    isStopped || delivered == total || slots[delivered % slots.count].phase == .full
  }

  /// The next minibatch in order; nil while it is not complete.
  mutating func deliver() -> Delivery? {
    defer { assert(isSound) }
    guard isNextReady else { return nil }
    if isStopped || delivered == total { return .end }
    let index = delivered % slots.count
    slots[index].phase = .lent
    delivered += 1
    return .minibatch(slot: index, position: slots[index].position, rows: slots[index].rows)
  }

  /// Says that a minibatch has been used and its slot can be filled again.
  mutating func release(slot: Int) {
    defer { assert(isSound) }
    precondition(slots[slot].phase == .lent, "a minibatch was released that is not lent out")
    slots[slot].phase = .free
  }

  // MARK: Both

  /// Ends the work: from now on nothing is claimed or delivered.
  mutating func stop() {
    defer { assert(isSound) }
    isStopped = true
  }

  /// Whether the counts agree with the slots, as they must between calls. Only a build with assertions asks.
  private var isSound: Bool {
    let underWay = slots.count { $0.phase == .filling || $0.phase == .full }
    let unclaimed = slots.indices.filter { slots[$0].phase == .filling && slots[$0].claimed < slots[$0].rows }
    return delivered <= opened && opened <= total && opened - delivered == underWay
      && preparedEpochs <= geometry.epochs.upperBound
      && unclaimed.allSatisfy { $0 == (opened - 1) % slots.count }
      && slots.allSatisfy { slot in
        let isWhole = slot.completed == slot.rows
        // A rank may have no row of a minibatch.
        let agrees =
          switch slot.phase {
          case .free: true
          case .filling: !isWhole || slot.rows == 0
          case .full, .lent: isWhole
          }
        return agrees && slot.completed <= slot.claimed && slot.claimed <= slot.rows
      }
  }

  // MARK: Steps of a claim

  /// The epoch whose order should be prepared now: the present one, or the next once the present one has begun.
  ///
  /// The order of two epochs before uses the same memory; once that epoch is fully opened its order is no longer
  /// needed.
  private var epochToPrepare: Int? {
    guard !isPreparing, preparedEpochs < geometry.epochs.upperBound else { return nil }
    let hasBegun = nextToOpen.minibatch > 0
    return preparedEpochs <= nextToOpen.epoch + (hasBegun ? 1 : 0) ? preparedEpochs : nil
  }

  private mutating func open() -> Chunk {
    let index = opened % slots.count
    let rows = geometry.rows(ofMinibatch: nextToOpen.minibatch).count
    slots[index] = Slot(phase: .filling, position: nextToOpen, rows: rows)
    opened += 1
    nextToOpen.minibatch += 1
    if nextToOpen.minibatch == geometry.stepsPerEpoch {
      nextToOpen = MinibatchPosition(epoch: nextToOpen.epoch + 1)
    }
    return claimChunk(of: index)
  }

  private mutating func claimChunk(of index: Int) -> Chunk {
    let start = slots[index].claimed
    let end = min(start + geometry.chunkRows, slots[index].rows)
    slots[index].claimed = end
    return Chunk(slot: index, rows: start..<end, position: slots[index].position)
  }
}
