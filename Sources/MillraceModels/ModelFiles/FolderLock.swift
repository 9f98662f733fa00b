#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Keeps a run's folder for one process at a time. The system releases it when the process ends, however it does.
package final class FolderLock {
  private let descriptor: Int32

  /// Locks the folder.
  ///
  /// - Returns: nil where another process holds the lock. A file system without locks refuses nobody.
  package init?(_ path: String) {
    descriptor = retryingInterrupted { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if descriptor >= 0, retryingInterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0,
      errno == EWOULDBLOCK
    {
      return nil
    }
  }

  /// Whether a process holds the lock on a folder; nil where that cannot be found out.
  ///
  /// The caller holds the lock for a moment.
  package static func isTaken(_ path: String) -> Bool? {
    let descriptor = retryingInterrupted { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    if retryingInterrupted({ flock(descriptor, LOCK_SH | LOCK_NB) }) == 0 {
      flock(descriptor, LOCK_UN)
      return false
    }
    return errno == EWOULDBLOCK ? true : nil
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A process that is being started at this moment also holds the descriptor, so closing it would not be enough.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
