import Foundation

/// The control groups that this process is in, by which containers and services are held to limits.
///
/// A group lies in others, and each has a limit of its own. Which group a process is in, `/proc/self/cgroup` says, and
/// where the groups of a hierarchy are seen as folders, `/proc/self/mountinfo`: of version 2 one hierarchy, of version 1
/// one for each controller. Source: cgroups(7), and the kernel's documentation of both versions' memory controllers.
struct ControlGroups {
  private let root: String

  /// - Parameter root: The folder below which `proc` and `sys` lie.
  init(root: String) { self.root = root }

  /// The memory in bytes that the group which has the least to give still has, among the process's own and all that it
  /// lies in; nil where none is limited.
  var availableMemory: Int? {
    let memberships = text("/proc/self/cgroup").split(separator: "\n").compactMap(Membership.init)
    return text("/proc/self/mountinfo").split(separator: "\n").compactMap(Mount.init)
      .flatMap { mount in
        memberships.filter { $0.isOf(mount) }.flatMap { mount.folders(of: $0.path) }
          .compactMap { mount.version == 1 ? leftInVersion1($0) : leftInVersion2($0) }
      }
      .min()
  }

  // Pages that only hold what is on the disk count as used in both versions, and as free here: the system takes them
  // back when memory is wanted.

  private func leftInVersion2(_ folder: String) -> Int? {
    // Above `high` a group is not ended, but slowed down until it stands still.
    let limits = ["max", "high"].compactMap { number("\(folder)/memory.\($0)") }
    guard let limit = limits.min(), let used = number("\(folder)/memory.current") else { return nil }
    return left(of: limit, used: used, files: statistic("inactive_file", of: folder))
  }

  private func leftInVersion1(_ folder: String) -> Int? {
    // The second is the least of the groups around, of which a container may see none.
    let limits = [
      number("\(folder)/memory.limit_in_bytes"), statistic("hierarchical_memory_limit", of: folder),
    ].compactMap { $0 }
    guard let limit = limits.min(), let used = number("\(folder)/memory.usage_in_bytes") else { return nil }
    return left(of: limit, used: used, files: statistic("total_inactive_file", of: folder))
  }

  /// What no machine has is how version 1 writes that there is no limit.
  private func left(of limit: Int, used: Int, files: Int?) -> Int? {
    limit >= 1 << 60 ? nil : max(0, limit - max(0, used - (files ?? 0)))
  }

  private func statistic(_ name: String, of folder: String) -> Int? {
    text("\(folder)/memory.stat").split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .flatMap { Int($0.dropFirst(name.count + 1)) }
  }

  private func number(_ path: String) -> Int? {
    Int(text(path).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private func text(_ path: String) -> String {
    (try? String(contentsOfFile: root + path, encoding: .utf8)) ?? ""
  }
}

/// A line of `/proc/self/cgroup`, `hierarchy:controllers:path`: the group of one hierarchy that the process is in.
private struct Membership {
  let controllers: [Substring]
  let path: Substring

  init?(_ line: Substring) {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return nil }
    controllers = fields[1].split(separator: ",")
    path = fields[2]
  }

  func isOf(_ mount: Mount) -> Bool {
    mount.version == 2 ? controllers.isEmpty : controllers.contains("memory")
  }
}

/// A line of `/proc/self/mountinfo` that shows a hierarchy of groups with the memory controller, or one that may have it.
private struct Mount {
  let version: Int
  /// Which group the mount point shows.
  private let shown: String
  private let point: String

  init?(_ line: Substring) {
    // 35 31 0:32 SHOWN POINT rw,relatime … - cgroup cgroup rw,memory
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash > 5, fields.count > dash + 3 else { return nil }
    switch fields[dash + 1] {
    case "cgroup2": version = 2
    case "cgroup" where fields[dash + 3].split(separator: ",").contains("memory"): version = 1
    default: return nil
    }
    (shown, point) = (Self.unescaped(fields[3]), Self.unescaped(fields[4]))
  }

  /// The folders of a group and of all that it lies in, as far as they can be seen.
  func folders(of group: Substring) -> [String] {
    let prefix = shown == "/" ? "" : shown
    // A group that lies elsewhere is out of sight, but its container's is at the mount point.
    let isBelow = group == prefix || group.hasPrefix(prefix + "/")
    var names = isBelow ? group.dropFirst(prefix.count).split(separator: "/") : []
    if names.contains("..") { names = [] }
    return (0...names.count).map { ([point] + names.prefix($0).map(String.init)).joined(separator: "/") }
  }

  /// A space, a tab, a line end and a backslash are written as `\` and three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    String(field).replacing("\\040", with: " ").replacing("\\011", with: "\t")
      .replacing("\\012", with: "\n").replacing("\\134", with: "\\")
  }
}
