import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Memory for the caches of a run: a number of bytes, handed out piece by piece and released all at once.
///
/// The address space is reserved in one call; the system provides each page when it is first written to, so unused
/// memory costs nothing. Any thread may ask for memory at any time.
public final class CacheMemory: Sendable {
  /// The largest number of bytes that are handed out.
  package let capacity: Int
  /// The number of bytes that have been handed out.
  package var used: Int { end.load(ordering: .relaxed) }

  private nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let end = Atomic(0)

  /// Every piece begins at a multiple of this: a cache line of the processor.
  static let alignment = 64

  /// Reserves address space; nil where the system refuses, or for less than a page.
  package init?(capacity: Int) {
    guard capacity >= 4096 else { return nil }
    let base = mmap(
      nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let base, base != MAP_FAILED else { return nil }
    self.base = base
    self.capacity = capacity
  }

  deinit { munmap(base, capacity) }

  /// Returns memory that nobody else has; nil where not enough is left.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let rounded = (byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
    var start = end.load(ordering: .relaxed)
    while rounded <= capacity - start {
      let (exchanged, original) = end.weakCompareExchange(
        expected: start, desired: start + rounded, ordering: .relaxed)
      if exchanged { return base + start }
      start = original
    }
    return nil
  }
}
