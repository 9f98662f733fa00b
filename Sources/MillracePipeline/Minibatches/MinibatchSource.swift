/// A source of minibatches, one after another.
public protocol MinibatchSource: AnyObject {
  /// Lends the next minibatch; blocks until it is ready. Nil after the last one.
  ///
  /// Only one thread at a time may call this.
  func next() throws -> Minibatch?

  /// Whether ``next()`` would return at once.
  var isNextReady: Bool { get }

  /// May prepare the next minibatch while the one before is worked on, at a moment when nobody waits.
  func prepareNext() throws

  /// Takes a minibatch back, so that its memory can be filled again. It must be called exactly once for each
  /// minibatch.
  func release(_ minibatch: Minibatch)

  /// How long producers and consumer have waited for each other so far.
  var waits: WaitTimes { get }

  /// The number of threads that produce; 0 if ``next()`` does the work itself.
  var producerCount: Int { get }
}

extension MinibatchSource {
  /// It is not known whether the next minibatch is ready.
  public var isNextReady: Bool { false }
  /// Nothing needs to be prepared.
  public func prepareNext() {}
  /// Nobody waits.
  public var waits: WaitTimes { WaitTimes() }
  /// Only the caller produces.
  public var producerCount: Int { 0 }
}

/// How long threads have waited, in nanoseconds.
public struct WaitTimes: Sendable, Hashable {
  /// The time for which all producers together have waited for room.
  public var producers: UInt64 = 0
  /// The time for which the consumer has waited for data.
  public var consumer: UInt64 = 0

  /// No waits.
  public init() {}
}

/// Adds up the waits of one thread. Its owner's lock guards it.
struct WaitClock {
  private var finished: UInt64 = 0
  private var start: UInt64?

  /// Begins a wait, unless one is under way.
  mutating func begin(at now: @autoclosure () -> UInt64) {
    if start == nil { start = now() }
  }

  /// Ends the wait under way, if there is one.
  mutating func end(at now: @autoclosure () -> UInt64) {
    guard let start else { return }
    finished &+= now() &- start
    self.start = nil
  }

  /// All waits, including the one under way.
  func total(at now: UInt64) -> UInt64 {
    finished &+ (start.map { now &- $0 } ?? 0)
  }
}
