/// Why all ranks ended together.
public enum RankError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One rank has failed, and exits with this code.
  case failed(rank: Int, host: String, message: String, code: Int32)
  /// One rank would have done something else than the first.
  case differs(rank: Int, host: String, what: String, found: String, expected: String)

  /// The error in one line.
  public var description: String {
    switch self {
    case .failed(let rank, let host, let message, _): "rank \(rank) on \(host): \(message)"
    case .differs(let rank, let host, let what, let found, let expected):
      "rank \(rank) on \(host) differs from rank 0 in its \(what): \(found) instead of \(expected); "
        + "give all ranks the same program, settings and images"
    }
  }
}
