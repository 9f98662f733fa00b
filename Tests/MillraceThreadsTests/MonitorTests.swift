import MillraceThreads
import Testing

struct MonitorTests {
  @Test func noIncrementIsLost() throws {
    let counter = Monitor(0)
    let threads = try (0..<4).map { number in
      try WorkerThread(name: "count-\(number)") {
        for _ in 0..<10_000 { counter.withLock { $0 += 1 } }
      }
    }
    for thread in threads { thread.join() }
    #expect(counter.withLock { $0 } == 40_000)
  }

  @Test func aWaiterSucceedsOnlyWhenItsAttemptDoes() throws {
    // A hand-over in both directions: each side waits on its own condition.
    let value = Monitor<Int?>(nil, conditions: 2)
    let sum = Monitor(0)
    let receiver = try WorkerThread(name: "receiver") {
      for _ in 0..<1_000 {
        let received = value.wait(on: 0) { state -> Int? in
          defer { state = nil }
          return state
        }
        value.notifyOne(1)
        sum.withLock { $0 += received }
      }
    }
    for number in 0..<1_000 {
      value.wait(on: 1) { state -> Void? in
        if state != nil { return nil }
        state = number
        return ()
      }
      value.notifyOne(0)
    }
    receiver.join()
    #expect(sum.withLock { $0 } == 999 * 1_000 / 2)
  }

  @Test func anErrorPassesThroughAndReleasesTheLock() {
    struct Refusal: Error {}
    let monitor = Monitor(0)
    #expect(throws: Refusal.self) { try monitor.withLock { _ in throw Refusal() } }
    #expect(throws: Refusal.self) { try monitor.wait(on: 0) { _ -> Int? in throw Refusal() } }
    monitor.withLock { $0 = 1 }
    #expect(monitor.withLock { $0 } == 1)
  }

  @Test func theClockDoesNotGoBack() {
    var last = MonotonicClock.now()
    for _ in 0..<1_000 {
      let now = MonotonicClock.now()
      #expect(now >= last)
      last = now
    }
  }
}
