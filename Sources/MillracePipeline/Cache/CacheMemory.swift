import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Memory for the caches of a run: so many bytes, given out piece by piece and all at once given back.
///
/// The address space is reserved in one call; the system provides each page when it is first written to, so what is
/// not used costs nothing. Any thread may ask at any time.
public final class CacheMemory: Sendable {
  /// The most bytes that are given out.
  public let capacity: Int
  /// The bytes given out.
  public var used: Int { end.load(ordering: .relaxed) }

  private nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let end = Atomic(0)

  /// What every piece begins at a multiple of: a cache line of the processor.
  static let alignment = 64

  /// Reserves address space; nil where the system refuses, or for less than a page.
  public init?(capacity: Int) {
    guard capacity >= 4096 else { return nil }
    let base = mmap(
      nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let base, base != MAP_FAILED else { return nil }
    self.base = base
    self.capacity = capacity
  }

  deinit { munmap(base, capacity) }

  /// Memory that nobody else has; nil where there is not so much left.
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
