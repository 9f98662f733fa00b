/// Where minibatches come from, one after another.
public protocol MinibatchSource: AnyObject {
  /// Lends the next minibatch; blocks until it is there. Nil after the last one.
  ///
  /// One thread at a time may call this.
  func next() throws -> Minibatch?

  /// Whether ``next()`` would answer at once.
  var isNextReady: Bool { get }

  /// May get the next minibatch ready while the one before is worked on, in a moment when nothing is waited for.
  func prepareNext() throws

  /// Takes a minibatch back, so that its memory can be filled again. Exactly once for each.
  func release(_ minibatch: Minibatch)

  /// How long producers and consumer have waited for each other so far.
  var waits: WaitTimes { get }

  /// How many threads produce; 0 if ``next()`` does the work itself.
  var producerCount: Int { get }
}

extension MinibatchSource {
  /// Nobody knows.
  public var isNextReady: Bool { false }
  /// There is nothing to do.
  public func prepareNext() {}
  /// Nobody waits.
  public var waits: WaitTimes { WaitTimes() }
  /// Nobody but the caller produces.
  public var producerCount: Int { 0 }
}

/// How long threads have waited, in nanoseconds.
public struct WaitTimes: Sendable, Hashable {
  /// All producers together: for room.
  public var producers: UInt64 = 0
  /// The consumer: for data.
  public var consumer: UInt64 = 0

  /// Nobody has waited.
  public init() {}
}

/// Adds up the waits of one thread. Guarded by the lock of whoever owns it.
struct WaitClock {
  private var finished: UInt64 = 0
  private var start: UInt64?

  /// A wait begins, unless one is under way.
  mutating func begin(at now: @autoclosure () -> UInt64) {
    if start == nil { start = now() }
  }

  /// The wait under way ends, if there is one.
  mutating func end(at now: @autoclosure () -> UInt64) {
    guard let start else { return }
    finished &+= now() &- start
    self.start = nil
  }

  /// All waits, the one under way included.
  func total(at now: UInt64) -> UInt64 {
    finished &+ (start.map { now &- $0 } ?? 0)
  }
}
