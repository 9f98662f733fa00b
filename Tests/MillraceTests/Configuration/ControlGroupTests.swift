import Testing
import _MillraceTestSupport

@testable import MillraceModels

struct ControlGroupTests {
  private static let mountsOfVersion2 =
    "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
    + "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let mountsOfVersion1 =
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
    + "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"

  /// The memory that a process may take with these files, each of which is named by its path.
  private func available(_ files: [String: String]) throws -> Int {
    let folder = try TemporaryFolder()
    _ = try folder.put(Array("MemTotal: 9000 kB\nMemAvailable:    8000 kB\n".utf8), at: "proc/meminfo")
    for (path, text) in files { _ = try folder.put(Array(text.utf8), at: path) }
    return availableMemory(root: folder.path)
  }

  @Test func withoutGroupsTheSystemDecides() throws {
    #expect(try available([:]) == 8_192_000)
  }

  @Test(arguments: [
    // The limits are the group's own, that of a group around it, and the outermost; the higher limit of a group
    // counts, too.
    (["a/b/c": ("300", "100", "0")], 200),
    (["a/b/c": ("max", "100", "0"), "a/b": ("500", "100", "0")], 400),
    (["a/b/c": ("900", "100", "0"), "a/b": ("max", "100", "0"), "a": ("700", "650", "0")], 50),
    (["a/b/c": ("900", "100", "0"), "a": ("1000", "950", "0")], 50),
    // Pages of files are free, and a use above the limit does not make the rest negative.
    (["a/b/c": ("300", "250", "150")], 200),
    (["a/b/c": ("300", "350", "0")], 0),
    (["other": ("1", "1", "0")], 8_192_000),
  ])
  func theLeastLimitAlongTheOwnGroupCounts(
    groups: [String: (limit: String, used: String, files: String)], expected: Int
  ) throws {
    var second = [
      "proc/self/cgroup": "0::/a/b/c\n", "proc/self/mountinfo": Self.mountsOfVersion2,
    ]
    var first = [
      "proc/self/cgroup": "12:cpu,cpuacct:/\n4:memory:/a/b/c\n1:name=systemd:/x\n",
      "proc/self/mountinfo": Self.mountsOfVersion1,
    ]
    for (group, memory) in groups {
      second["sys/fs/cgroup/\(group)/memory.max"] = memory.limit + "\n"
      second["sys/fs/cgroup/\(group)/memory.current"] = memory.used + "\n"
      second["sys/fs/cgroup/\(group)/memory.stat"] = "anon 5\ninactive_file \(memory.files)\n"
      let limit = memory.limit == "max" ? "9223372036854771712" : memory.limit
      let folder = "sys/fs/cgroup/memory/\(group)"
      first["\(folder)/memory.limit_in_bytes"] = limit + "\n"
      first["\(folder)/memory.usage_in_bytes"] = memory.used + "\n"
      first["\(folder)/memory.stat"] = "inactive_file 0\ntotal_inactive_file \(memory.files)\n"
    }
    #expect(try available(second) == expected)
    #expect(try available(first) == expected)
  }

  @Test func theLimitThatSlowsDownCounts() throws {
    let files = [
      "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.mountsOfVersion2,
      "sys/fs/cgroup/memory.max": "1000", "sys/fs/cgroup/memory.high": "600",
      "sys/fs/cgroup/memory.current": "100",
    ]
    #expect(try available(files) == 500)
  }

  @Test func aContainerSeesItsGroupAtTheMountPoint() throws {
    // Without a name space of its own the path is the host's; the groups around it are out of sight, but their
    // limits are told.
    let mounts = "35 31 0:32 /docker/1f /sys/fs/my\\040groups ro - cgroup cgroup rw,memory\n"
    var files = [
      "proc/self/cgroup": "4:memory:/docker/1f/job\n", "proc/self/mountinfo": mounts,
      "sys/fs/my groups/memory.limit_in_bytes": "400", "sys/fs/my groups/memory.usage_in_bytes": "100",
      "sys/fs/my groups/job/memory.limit_in_bytes": "9223372036854771712",
      "sys/fs/my groups/job/memory.usage_in_bytes": "50",
    ]
    #expect(try available(files) == 300)
    files["sys/fs/my groups/job/memory.stat"] = "hierarchical_memory_limit 250\n"
    #expect(try available(files) == 200)
    for elsewhere in ["/docker/2a", "/docker/1f5", "/docker/1f/../x"] {
      files["proc/self/cgroup"] = "4:memory:\(elsewhere)\n"
      #expect(try available(files) == 300)
    }
  }

  @Test func bothVersionsMayBeThereAtATime() throws {
    let files = [
      "proc/self/cgroup": "4:memory:/job\n0::/job\n",
      "proc/self/mountinfo": Self.mountsOfVersion1
        + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
      "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "700",
      "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "100",
    ]
    #expect(try available(files) == 600)
  }
}
