#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Memory for long vectors, in large pages where the system has them.
///
/// A matrix product walks down columns. With pages of 4 KiB each row of a wide matrix is on another page, and
/// these are more pages than the processor keeps addresses of.
package enum LargeMemory {
  /// The size of a large page of x86-64 and ARM processors, in bytes.
  private static let page = 2 << 20

  /// Allocates memory that is set to zero, at an address that is a multiple of 64 bytes.
  ///
  /// - Parameter count: The number of Floats.
  package static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let byteCount = max(1, count) * MemoryLayout<Float>.stride
    // Smaller vectors do without large pages, so at most half a page is left unused.
    let isLarge = byteCount >= page / 2
    let alignment = isLarge ? page : 64
    let size = (byteCount + alignment - 1) / alignment * alignment
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, size) == 0, let memory else {
      fatalError("no memory for a vector of \(count) numbers; use a smaller network or minibatch")
    }
    #if canImport(Glibc)
    // This is a hint: without large pages everything works as well, but slower.
    if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    #endif
    let floats = memory.bindMemory(to: Float.self, capacity: count)
    // The memory is touched now, so that the first step costs what every step costs.
    floats.initialize(repeating: 0, count: count)
    return floats
  }

  /// Gives memory back.
  package static func deallocate(_ memory: UnsafeMutablePointer<Float>) { free(memory) }
}
