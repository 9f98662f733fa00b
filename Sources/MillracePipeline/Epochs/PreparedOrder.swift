/// The visits of one epoch, in memory that is reused for the next. It is not thread-safe.
final class PreparedOrder {
  /// The sample of each visit.
  let samples: UnsafeMutableBufferPointer<Int32>
  /// For each visit, how often its sample was visited before; nil where no sample is repeated.
  let turns: UnsafeMutableBufferPointer<Int32>?
  private let order: EpochOrder

  /// Allocates the memory.
  init(_ order: EpochOrder) {
    self.order = order
    samples = .allocate(capacity: order.count)
    turns = order.repeatsSamples ? .allocate(capacity: order.count) : nil
  }

  deinit {
    samples.deallocate()
    turns?.deallocate()
  }

  /// Writes an epoch's visits.
  func fill(epoch: Int) {
    order.fill(samples, epoch: epoch)
    if let turns { EpochOrder.fill(turns, of: UnsafeBufferPointer(samples)) }
  }
}
