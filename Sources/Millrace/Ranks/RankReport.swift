/// Where the time of each rank has gone until a roll call.
struct RankTimes {
  let entries: [RollCallEntry]

  /// What has happened since an earlier one: the rank that the others waited for most, and the share of its time that
  /// it, too, waited for others, which is what communication costs.
  func report(since earlier: RankTimes, hosts: [String]) -> RankReport? {
    let shares = zip(entries, earlier.entries).map { now, before in
      now.time > before.time ? Double(now.waited - before.waited) / Double(now.time - before.time) : 0
    }
    guard let slowest = shares.indices.min(by: { shares[$0] < shares[$1] }) else { return nil }
    return RankReport(
      count: entries.count, slowest: slowest, host: hosts[slowest], communication: shares[slowest])
  }
}

/// How the ranks of a run share an epoch's time.
public struct RankReport: Sendable, Codable, Hashable {
  /// How many ranks there are.
  public var count: Int
  /// The rank that waits least for others.
  public var slowest: Int
  /// The host it runs on.
  public var host: String
  /// The share of its time that it waits for others all the same: what communication costs, from 0 to 1.
  public var communication: Double
}
