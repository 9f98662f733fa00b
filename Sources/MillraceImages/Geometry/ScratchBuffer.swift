/// Memory that one thread reuses; it grows when more is requested, and never shrinks.
final class ScratchBuffer<Element: BitwiseCopyable & ExpressibleByIntegerLiteral> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init() {
    base = .allocate(capacity: 1)
    base.initialize(to: 0)
    capacity = 1
  }

  deinit {
    base.deallocate()
  }

  /// Returns at least `count` elements. They hold what the last use left, and are never uninitialised.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      base.deallocate()
      // A quarter more is allocated, so that images of slowly growing size do not reallocate each time.
      capacity = count + count / 4
      base = .allocate(capacity: capacity)
      base.initialize(repeating: 0, count: capacity)
    }
    return base
  }
}
