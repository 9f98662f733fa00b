import MillraceThreads
import Synchronization
import Testing

struct WorkerTeamTests {
  private struct Failure: Error, Equatable {
    var worker: Int
    var phase = 0
  }

  /// Numbers of workers, including more than this machine is likely to have cores.
  static let counts = [1, 2, 3, 8]

  @Test(arguments: counts)
  func everyWorkerRunsOncePerRun(count: Int) throws {
    let team = try WorkerTeam(count: count)
    defer { team.shutdown() }
    var calls = [Int](repeating: 0, count: count)
    try calls.withUnsafeMutableBufferPointer { calls in
      // Each worker has its own element.
      nonisolated(unsafe) let calls = calls
      for _ in 0..<500 { try team.run { worker in calls[worker] += 1 } }
    }
    #expect(calls == [Int](repeating: 500, count: count))
  }

  @Test(arguments: counts)
  func aBarrierSeparatesPhases(count: Int) throws {
    let team = try WorkerTeam(count: count)
    defer { team.shutdown() }
    // Each phase reads what all others wrote in the phase before.
    var values = [Int](repeating: 0, count: 2 * count)
    try values.withUnsafeMutableBufferPointer { values in
      // A barrier separates writers from readers.
      nonisolated(unsafe) let values = values
      for _ in 0..<20 {
        try team.run { worker in
          for phase in 0..<50 {
            let (from, to) = phase % 2 == 0 ? (0, count) : (count, 0)
            var sum = 1
            for other in 0..<count { sum = (sum + values[from + other]) % 1_000_003 }
            values[to + worker] = sum
            try team.barrier()
          }
        }
      }
    }
    var expected = 0
    for _ in 0..<1_000 { expected = (1 + count * expected) % 1_000_003 }
    #expect(values.prefix(count).allSatisfy { $0 == expected })
  }

  @Test(arguments: counts)
  func aRunMayEndRightAfterABarrier(count: Int) throws {
    let team = try WorkerTeam(count: count)
    defer { team.shutdown() }
    for _ in 0..<500 { try team.run { _ in try team.barrier() } }
  }

  @Test(arguments: [2, 3, 8])
  func theErrorOfTheLowestWorkerWinsAndNobodyHangs(count: Int) throws {
    let team = try WorkerTeam(count: count)
    defer { team.shutdown() }
    for failing in 1..<count {
      for _ in 0..<20 {
        #expect(throws: Failure(worker: failing, phase: 3)) {
          try team.run { worker in
            for phase in 0..<6 {
              if phase == 3, worker >= failing { throw Failure(worker: worker, phase: phase) }
              try team.barrier()
            }
          }
        }
      }
    }
    // The team can be used as before.
    let calls = Atomic<Int>(0)
    try team.run { _ in
      calls.add(1, ordering: .relaxed)
      try team.barrier()
    }
    #expect(calls.load(ordering: .relaxed) == count)
  }

  @Test func anErrorOfAnEarlierPhaseWinsOverOneThatWouldComeLater() throws {
    let team = try WorkerTeam(count: 4)
    defer { team.shutdown() }
    for _ in 0..<200 {
      #expect(throws: Failure(worker: 3, phase: 1)) {
        try team.run { worker in
          try team.barrier()
          if worker == 3 { throw Failure(worker: worker, phase: 1) }
          try team.barrier()
          throw Failure(worker: worker, phase: 2)
        }
      }
    }
  }

  @Test func aWorkerThatThrowsWithoutBarriersLetsTheOthersFinish() throws {
    let team = try WorkerTeam(count: 3)
    defer { team.shutdown() }
    let finished = Atomic<Int>(0)
    #expect(throws: Failure(worker: 0)) {
      try team.run { worker in
        if worker == 0 { throw Failure(worker: worker) }
        finished.add(1, ordering: .relaxed)
      }
    }
    #expect(finished.load(ordering: .relaxed) == 2)
  }

  @Test func workerZeroIsTheCaller() throws {
    let team = try WorkerTeam(count: 2)
    defer { team.shutdown() }
    let names = Monitor<[Int: String]>([:])
    try team.run { worker in
      let name = Self.threadIdentity()
      names.withLock { $0[worker] = name }
    }
    let here = Self.threadIdentity()
    #expect(names.withLock { $0[0] } == here)
    #expect(names.withLock { $0[1] } != here)
  }

  @Test func shutdownTwiceIsHarmless() throws {
    let team = try WorkerTeam(count: 3)
    team.shutdown()
    team.shutdown()
  }

  @Test func aRunInsideARunTraps() async {
    await #expect(processExitsWith: .failure) {
      let team = try WorkerTeam(count: 2)
      try team.run { worker in
        if worker == 0 { try team.run { _ in } }
      }
    }
  }

  @Test func returningWhileOthersWaitAtABarrierTraps() async {
    await #expect(processExitsWith: .failure) {
      let team = try WorkerTeam(count: 3)
      try team.run { worker in
        if worker != 1 { try team.barrier() }
      }
    }
  }

  private static func threadIdentity() -> String {
    "\(currentThread())"
  }
}

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

private func currentThread() -> UInt {
  #if canImport(Glibc)
  UInt(pthread_self())
  #else
  UInt(bitPattern: pthread_self())
  #endif
}
