import Foundation

/// The processors this process may use, at least 1; inside a container or under `taskset` those it is given.
public let processorCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
