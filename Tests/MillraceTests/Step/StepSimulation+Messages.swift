import MillraceNetwork

@testable import MillraceTraining

extension StepSimulation {
  // MARK: Messages

  mutating func gather(
    _ operation: StepOperation, _ runs: [[StepRegion]], _ rank: Int, _ worker: Int, _ clock: Clock
  ) throws(Fault) {
    // Some of the memory is written now.
    switch operation {
    case .shareCounts: try access(rank, thread(rank, worker), clock, reads: [], writes: runs[rank])
    case .shareFindings:
      let found = states[rank].workers.indices.map { StepRegion.findings(worker: $0) }
      try access(rank, thread(rank, worker), clock, reads: found, writes: runs[rank])
    default: break
    }
    states[rank].gathers.append((operation, clock))
    while let number = states.map(\.gathersDone).min(), states.allSatisfy({ $0.gathers.count > number }) {
      let all = states.map { $0.gathers[number] }
      if Set(all.map(\.operation)).count > 1 {
        throw .mismatch("ranks gather \(all.map(\.operation)) at the same time")
      }
      var clock: Clock = [:]
      for gather in all { Self.join(&clock, gather.clock) }
      for rank in ranks.indices {
        nextThread += 1
        clock[nextThread] = 1
        let runs = StepEffects.gathered(all[rank].operation, ranks[rank].placement) ?? []
        try access(
          rank, nextThread, clock, reads: runs[rank],
          writes: runs.indices.filter { $0 != rank }.flatMap { runs[$0] })
        Self.join(&states[rank].gathered, clock)
        states[rank].gathersDone += 1
      }
    }
  }

  /// Lets messages arrive that are both sent and asked for.
  mutating func match() throws(Fault) {
    var place = 0
    while place < sends.count {
      let send = sends[place]
      let (from, to) = (send.message.from, send.message.to)
      let tag = ranks[from].placement.tag(of: send.message)
      let receive = states[to].receives.firstIndex {
        $0.message.from == from && ranks[to].placement.tag(of: $0.message) == tag
      }
      guard let receive else {
        place += 1
        continue
      }
      let asked = states[to].receives.remove(at: receive)
      sends.remove(at: place)
      let lengths = (
        StepEffects.length(send.message, ranks[from].placement),
        StepEffects.length(asked.message, ranks[to].placement)
      )
      if asked.message != send.message || lengths.0 != lengths.1 {
        throw .mismatch("\(send.message) came for \(asked.message)")
      }
      nextThread += 1
      var clock = send.clock
      Self.join(&clock, asked.clock)
      clock[nextThread] = 1
      try access(
        from, nextThread, clock, reads: StepEffects.outgoing(send.message, ranks[from].placement), writes: [])
      try access(
        to, nextThread, clock, reads: [], writes: StepEffects.incoming(asked.message, ranks[to].placement))
      Self.join(&states[to].arrived[tag, default: [:]], clock)
      Self.join(&states[from].sent, [nextThread: 1])
    }
  }

  // MARK: Clocks

  static func join(_ clock: inout Clock, _ other: Clock) {
    clock.merge(other) { max($0, $1) }
  }

  mutating func access(
    _ operation: StepOperation, _ rank: Int, _ worker: Int, _ clock: Clock
  ) throws(Fault) {
    let effects = StepEffects(
      operation, worker, ranks[rank].placement, isOfParts: ranks[rank].isOfParts)
    try access(rank, thread(rank, worker), clock, reads: effects.reads, writes: effects.writes)
  }

  mutating func access(
    _ rank: Int, _ thread: Int, _ clock: Clock, reads: [StepRegion], writes: [StepRegion]
  ) throws(Fault) {
    let time = clock[thread] ?? 0
    for region in reads + writes {
      if let write = states[rank].writes[region], clock[write.thread] ?? 0 < write.time {
        throw .race(region, rank: rank)
      }
    }
    for region in reads {
      if states[rank].writes[region] == nil, !region.isThereBefore { throw .unwritten(region, rank: rank) }
      states[rank].reads[region, default: [:]][thread] = time
    }
    for region in writes {
      let readers = states[rank].reads.removeValue(forKey: region) ?? [:]
      for (reader, readAt) in readers where reader != thread && clock[reader] ?? 0 < readAt {
        throw .race(region, rank: rank)
      }
      states[rank].writes[region] = (thread, time)
    }
  }
}
