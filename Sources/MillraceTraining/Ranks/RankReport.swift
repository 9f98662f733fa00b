/// How each rank has spent its time until a roll call.
struct RankTimes {
  let entries: [RollCallEntry]

  /// What has happened since an earlier roll call: the rank that the others waited for most, and the share of
  /// its time that it, too, waited for others, which is the cost of communication.
  func report(since earlier: RankTimes, hosts: [String]) -> RankReport? {
    let shares = zip(entries, earlier.entries).map { now, before in
      now.time > before.time ? Double(now.waited - before.waited) / Double(now.time - before.time) : 0
    }
    guard let slowest = shares.indices.min(by: { shares[$0] < shares[$1] }) else { return nil }
    return RankReport(
      count: entries.count, slowest: slowest, host: hosts[slowest], communication: shares[slowest])
  }
}

/// How the ranks of a run spend an epoch's time.
package struct RankReport: Sendable, Codable, Hashable {
  /// The number of ranks.
  package var count: Int
  /// The rank that waits least for others.
  package var slowest: Int
  /// The host on which that rank runs.
  package var host: String
  /// The share of its time that this rank still waits for others: the cost of communication, from 0 to 1.
  package var communication: Double
}
