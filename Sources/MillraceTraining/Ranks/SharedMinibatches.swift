import Foundation
import MillracePipeline
import MillraceShards

/// Minibatches of which each rank loads a part, completed with what all ranks must know of the other parts.
final class SharedMinibatches: MinibatchSource {
  private let source: any MinibatchSource
  private let ranks: Ranks
  private let isWhole: Bool
  private let saving: CheckpointTimer?
  private let call: RollCall
  /// A minibatch that was taken from the source before it was asked for here.
  private var taken: Result<Minibatch?, any Error>?

  /// - Parameters:
  ///   - source: This rank's parts; nobody else may take from it.
  ///   - ranks: The processes.
  ///   - isWhole: Whether each rank loads all of every minibatch.
  ///   - saving: When checkpoints are due; nil where none are saved between these minibatches.
  init(_ source: any MinibatchSource, ranks: Ranks, isWhole: Bool, saving: CheckpointTimer? = nil) {
    self.source = source
    self.ranks = ranks
    self.isWhole = isWhole
    self.saving = saving
    call = RollCall(ranks)
  }

  deinit {
    if let minibatch = try? taken?.get() { source.release(minibatch) }
  }

  /// What the other ranks must know besides numbers.
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
    do {
      let roll = try call.end(entry(of: minibatch, stepsUntilSaved: 1), failure: failure)
      guard let minibatch else { return nil }
      if isWhole {
        try ranks.requireSameRows(roll)
        return minibatch
      }
      var findings = Findings(skipped: [], warned: [])
      if roll.hasFindings { findings = try gatherFindings(of: minibatch) }
      minibatch.completeFromAllParts(
        totalCount: roll.rows, skipped: findings.skipped, warned: findings.warned)
      return minibatch
    } catch {
      if let minibatch { source.release(minibatch) }
      throw error
    }
  }

  /// Begins the roll call of the next minibatch while a step is under way: if that minibatch is ready on all
  /// ranks by now, no rank has to wait for the others when it asks for it. `ProcessGroup.finishGathering()`
  /// ends the call.
  func prepareNext() throws {
    if taken == nil, source.isNextReady { taken = Result { try source.next() } }
    var part: RollCallEntry?
    if case .success(let minibatch) = taken { part = entry(of: minibatch, stepsUntilSaved: 2) }
    try call.begin(part)
  }

  private func entry(of minibatch: Minibatch?, stepsUntilSaved steps: Int) -> RollCallEntry {
    var entry = RollCallEntry()
    entry.savesCheckpoint = ranks.isFirst && saving?.isDue(afterSteps: steps) == true
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
