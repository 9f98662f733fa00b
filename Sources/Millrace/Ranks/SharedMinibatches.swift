import Foundation
import MillracePipeline

/// Minibatches of which each rank loads a part, completed with what all must know of the others' parts.
final class SharedMinibatches: MinibatchSource {
  private let source: any MinibatchSource
  private let ranks: Ranks
  private let isWhole: Bool
  /// What the source has given before it was asked for here.
  private var taken: Result<Minibatch?, any Error>?
  private var hasBegunRollCall = false

  /// - Parameters:
  ///   - source: This rank's parts; nobody else may take from it.
  ///   - ranks: The processes.
  ///   - isWhole: Whether each rank loads all of every minibatch.
  init(_ source: any MinibatchSource, ranks: Ranks, isWhole: Bool) {
    self.source = source
    self.ranks = ranks
    self.isWhole = isWhole
  }

  deinit {
    if let minibatch = try? taken?.get() { source.release(minibatch) }
  }

  /// What the other ranks must know beyond numbers.
  private struct Findings: Codable {
    var skipped: [SkippedSample]
    var warned: [Int32]
  }

  func next() throws -> Minibatch? {
    let own = taken ?? Result { try source.next() }
    taken = nil
    var minibatch: Minibatch?
    var failure: (any Error)?
    do { minibatch = try own.get() } catch { failure = error }
    let ahead = hasBegunRollCall ? ranks.finishNextRollCall() : nil
    hasBegunRollCall = false
    do {
      let roll = try ahead ?? ranks.callRoll(entry(of: minibatch), failure: failure)
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

  /// While a step is under way: if the next minibatch is there by now on all ranks, none has to wait for the others' word
  /// when it is asked for. `ProcessGroup.finishGathering()` ends what is begun; no other roll may be called in between.
  func beginNextRollCall() throws {
    if taken == nil, source.isNextReady { taken = Result { try source.next() } }
    var part: RollCallEntry?
    if case .success(let minibatch) = taken { part = entry(of: minibatch) }
    try ranks.beginNextRollCall(part)
    hasBegunRollCall = true
  }

  private func entry(of minibatch: Minibatch?) -> RollCallEntry {
    var entry = RollCallEntry()
    if let minibatch {
      (entry.rows, entry.skipped) = (minibatch.count, minibatch.skipped.count)
      entry.warned = minibatch.warned.count
    }
    return entry
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
  var isNextReady: Bool { taken != nil || source.isNextReady }
  var waits: WaitTimes { source.waits }
  var producerCount: Int { source.producerCount }
}
