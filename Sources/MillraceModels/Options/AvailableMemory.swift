import Foundation

/// The memory that this process may take without anything being swapped out, in bytes: what the system says is
/// available, or what the process's control groups still allow if that is less. Half of all memory where the system
/// does not say.
///
/// - Parameter root: The folder below which `proc` and `sys` lie.
func availableMemory(root: String = "") -> Int {
  let system = systemMemory(root: root) ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
  return min(system, ControlGroups(root: root).availableMemory ?? Int.max)
}

/// `MemAvailable` of Linux: free pages, and those that hold what is on the disk anyway.
private func systemMemory(root: String) -> Int? {
  guard let text = try? String(contentsOfFile: root + "/proc/meminfo", encoding: .utf8) else { return nil }
  for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
    let kibibytes = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return kibibytes.map { $0 * 1024 }
  }
  return nil
}
