#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a thread could not be started.
public enum ThreadError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system refused to start a thread; `code` is its errno value.
  case cannotStart(name: String, code: Int32)

  /// One line: what failed, why, and what to do.
  public var description: String {
    switch self {
    case .cannotStart(let name, let code):
      "cannot start the thread '\(name)': \(String(cString: strerror(code)));"
        + " ask for fewer threads or raise the limit on them (ulimit -u)"
    }
  }
}
