import Foundation

/// The memory that this process may take without anything being swapped out, in bytes: what the system says is
/// available, or what the process's control group still allows if that is less. Half of all memory where the system
/// does not say.
func availableMemory() -> Int {
  let system = systemMemory() ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
  return min(system, controlGroupMemory() ?? Int.max)
}

/// `MemAvailable` of Linux: free pages, and those that hold what is on the disk anyway.
private func systemMemory() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
  for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
    let kibibytes = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return kibibytes.map { $0 * 1024 }
  }
  return nil
}

/// What the limit of a container leaves (cgroup v2); nil without a limit.
private func controlGroupMemory() -> Int? {
  func number(_ name: String) -> Int? {
    let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.\(name)", encoding: .utf8)
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
  guard let limit = number("max"), let current = number("current") else { return nil }
  return max(0, limit - current)
}
