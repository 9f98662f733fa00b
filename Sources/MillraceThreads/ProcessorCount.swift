import Foundation

/// The number of processors that this process may use, at least 1; inside a container or under `taskset`, the
/// number that it is given.
package let processorCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
