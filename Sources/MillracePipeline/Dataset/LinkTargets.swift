#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds out where links to files lead: each folder on the way is looked up once.
struct LinkTargets {
  /// The identity of a file, whatever links led to it: the folder that holds it and its name there.
  struct Target: Hashable {
    var folder: DirectoryListing.Identity
    var name: [UInt8]
  }

  /// The number of links that the system follows.
  private static let longestChain = 40

  private var folders: [[UInt8]: DirectoryListing.Identity] = [:]

  /// The file to which a link finally leads; nil where there is none.
  mutating func target(of link: [UInt8]) -> Target? {
    var path = link
    for _ in 0..<Self.longestChain {
      let (text, code) = Self.text(ofLink: path)
      guard let text else { return code == EINVAL ? target(ofFile: path) : nil }
      path = text.first == 0x2F ? text : Self.folder(of: path) + text
    }
    return nil
  }

  private mutating func target(ofFile path: [UInt8]) -> Target? {
    let folder = Self.folder(of: path)
    guard let identity = folders[folder] ?? DirectoryListing.Identity(of: folder.isEmpty ? [0x2E] : folder)
    else { return nil }
    folders[folder] = identity
    return Target(folder: identity, name: Array(path[folder.count...]))
  }

  /// The part of a path up to its last slash, which is kept.
  private static func folder(of path: [UInt8]) -> [UInt8] {
    Array(path[..<(path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0)])
  }

  /// The text of a link; nil, with the reason, where it cannot be read. The reason is `EINVAL` for a file that is
  /// not a link.
  private static func text(ofLink path: [UInt8]) -> (text: [UInt8]?, code: Int32) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
      let (length, code) = withSystemPath(path) { path in
        // There is room, so there is a base address.
        let length = readlink(path, room.baseAddress!, room.count)
        return (length, errno)
      }
      return length < 0 ? (nil, code) : (room.prefix(length).map { UInt8(bitPattern: $0) }, 0)
    }
  }
}

extension DirectoryListing.Identity {
  /// Finds what a path leads to; nil where there is nothing.
  init?(of path: [UInt8]) {
    var status = stat()
    guard withSystemPath(path, { stat($0, &status) }) == 0 else { return nil }
    self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
