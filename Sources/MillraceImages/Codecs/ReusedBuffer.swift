/// Memory that only grows: once it has held the largest content, asking for more costs nothing.
struct ReusedBuffer<Element: BitwiseCopyable>: ~Copyable {
  private var storage = UnsafeMutableBufferPointer<Element>(start: nil, count: 0)

  /// Room for at least `count` elements, at least one. What was there before is gone.
  mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if let base = storage.baseAddress, storage.count >= count { return base }
    storage.deallocate()
    storage = .allocate(capacity: max(count, 1))
    // An allocation of at least one element has an address.
    return storage.baseAddress!
  }

  deinit { storage.deallocate() }
}
