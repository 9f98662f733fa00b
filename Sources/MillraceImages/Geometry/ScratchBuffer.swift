/// Memory that one thread uses again and again; it grows when asked for more and never shrinks.
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

  /// At least `count` elements, whose contents are whatever the last use left, and never uninitialised.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      base.deallocate()
      // A quarter more, so that images of slowly growing size do not reallocate each time.
      capacity = count + count / 4
      base = .allocate(capacity: capacity)
      base.initialize(repeating: 0, count: capacity)
    }
    return base
  }
}
