#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The processors this process may use, at least 1.
///
/// On Linux the affinity mask counts, so that a run inside a container or under `taskset` fits it.
public let processorCount: Int = {
  #if canImport(Glibc)
  var mask = cpu_set_t()
  if sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &mask) == 0 {
    let bits = withUnsafeBytes(of: mask) { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
    if bits > 0 { return bits }
  }
  #endif
  return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}()
