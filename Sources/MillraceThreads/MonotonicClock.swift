#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The clock for waits and stages: it never jumps, and its zero means nothing.
package enum MonotonicClock {
  /// The present time in nanoseconds. Only differences have a meaning.
  @inlinable
  package static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
