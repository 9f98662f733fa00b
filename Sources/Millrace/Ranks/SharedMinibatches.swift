import Foundation
import MillracePipeline

/// Minibatches of which each rank loads a part, completed with what all must know of the others' parts.
final class SharedMinibatches: MinibatchSource {
  private let source: any MinibatchSource
  private let ranks: Ranks
  private let isWhole: Bool

  /// - Parameters:
  ///   - source: This rank's parts; nobody else may take from it.
  ///   - ranks: The processes.
  ///   - isWhole: Whether each rank loads all of every minibatch.
  init(_ source: any MinibatchSource, ranks: Ranks, isWhole: Bool) {
    self.source = source
    self.ranks = ranks
    self.isWhole = isWhole
  }

  /// What the other ranks must know beyond numbers.
  private struct Findings: Codable {
    var skipped: [SkippedSample]
    var warned: [Int32]
  }

  func next() throws -> Minibatch? {
    var minibatch: Minibatch?
    var failure: (any Error)?
    do { minibatch = try source.next() } catch { failure = error }
    var entry = RollCallEntry()
    if let minibatch {
      (entry.rows, entry.skipped) = (minibatch.count, minibatch.skipped.count)
      entry.warned = minibatch.warned.count
    }
    do {
      let roll = try ranks.callRoll(entry, failure: failure)
      guard let minibatch else { return nil }
      if isWhole {
        try ranks.requireSameRows(roll)
        return minibatch
      }
      var findings = Findings(skipped: [], warned: [])
      if roll.contains(where: { $0.skipped + $0.warned > 0 }) { findings = try gatherFindings(of: minibatch) }
      minibatch.completeFromAllParts(
        totalCount: roll.reduce(0) { $0 + $1.rows }, skipped: findings.skipped, warned: findings.warned)
      return minibatch
    } catch {
      if let minibatch { source.release(minibatch) }
      throw error
    }
  }

  private func gatherFindings(of minibatch: Minibatch) throws -> Findings {
    let own = try JSONEncoder().encode(Findings(skipped: minibatch.skipped, warned: minibatch.warned))
    var all = Findings(skipped: [], warned: [])
    for text in try ranks.group.gather(String(decoding: own, as: UTF8.self)) {
      let findings = try JSONDecoder().decode(Findings.self, from: Data(text.utf8))
      all.skipped += findings.skipped
      all.warned += findings.warned
    }
    return all
  }

  func release(_ minibatch: Minibatch) { source.release(minibatch) }
  var waits: WaitTimes { source.waits }
  var producerCount: Int { source.producerCount }
}
