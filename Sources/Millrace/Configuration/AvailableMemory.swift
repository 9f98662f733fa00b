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

/// What the limit of a container leaves (cgroup v2); nil without a limit. Pages that only hold what is on the disk count
/// as used there, and as free here: the system takes them back when memory is wanted.
private func controlGroupMemory() -> Int? {
  func text(_ name: String) -> String? {
    try? String(contentsOfFile: "/sys/fs/cgroup/memory.\(name)", encoding: .utf8)
  }
  func number(_ text: String?) -> Int? {
    text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
  guard let limit = number(text("max")), let current = number(text("current")) else { return nil }
  let filePages =
    text("stat")?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
    .flatMap { Int($0.dropFirst("inactive_file ".count)) } ?? 0
  return max(0, limit - max(0, current - filePages))
}
