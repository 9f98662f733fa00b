import Synchronization

/// A ``StepProgram`` and how far its queues and counters have come.
package final class LoadedProgram {
  private let program: StepProgram
  private let queues: [TaskQueue]
  private let counters: [Countdown]

  package init(_ program: StepProgram) {
    assert(program.isSound, "not a program that its workers can carry out:\n\(program)")
    self.program = program
    queues = program.queues.map { TaskQueue($0) }
    counters = program.counters.map { Countdown(events: $0.events) }
  }

  /// Starts from the beginning. No worker may be running.
  package func begin() {
    for queue in queues { queue.begin() }
    for counter in counters { counter.begin() }
  }

  var opening: [StepOperation] { program.opening }
  package var workers: [[StepOperation]] { program.workers }
  var ifDiverged: [[StepOperation]] { program.ifDiverged }
  var messages: [StepMessage] { program.messages }

  /// The next task of a queue that nobody has claimed; nil where there is none.
  package func claim(_ queue: Int) -> [StepOperation]? { queues[queue].next() }

  /// Counts an event. Returns what the last one is followed by; nothing after any other.
  package func count(_ counter: Int) -> [StepOperation] {
    counters[counter].isLast() ? program.counters[counter].then : []
  }
}

/// Tasks that workers claim, each once.
private final class TaskQueue: Sendable {
  private let tasks: [[StepOperation]]
  private let claimed = Atomic<Int>(0)

  init(_ tasks: [[StepOperation]]) { self.tasks = tasks }

  func begin() { claimed.store(0, ordering: .relaxed) }

  func next() -> [StepOperation]? {
    let task = claimed.add(1, ordering: .relaxed).oldValue
    return task < tasks.count ? tasks[task] : nil
  }
}

/// How many events something still waits for.
private final class Countdown: Sendable {
  private let events: Int
  private let left = Atomic<Int>(0)

  init(events: Int) { self.events = events }

  /// Waits for all of them again.
  func begin() { left.store(events, ordering: .relaxed) }

  /// One has come: whether it was the last. What was written before each of them is seen by whoever counts the last.
  func isLast() -> Bool { left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
