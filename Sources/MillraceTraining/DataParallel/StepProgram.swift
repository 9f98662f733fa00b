/// What each worker of a process does in a step, and in which order: data, made once.
///
/// A process alone has the simple case of the same program: nobody to send to, to receive from or to wait for.
package struct StepProgram: Hashable, Sendable {
  /// What is done when something has happened so many times, by whoever counts the last of it.
  struct Counter: Hashable, Sendable {
    var events: Int
    var then: [StepOperation]
  }

  /// Which of a process's programs it is.
  package struct Kind: Hashable, Sendable {
    /// Whether the gradient's norm must be known before the first parameter is stepped.
    var measuresNorm: Bool
    /// Whether each rank has only its own part of the minibatch.
    var isOfParts: Bool

    package init(measuresNorm: Bool, isOfParts: Bool) {
      self.measuresNorm = measuresNorm
      self.isOfParts = isOfParts
    }
  }

  /// Carried out before the workers begin.
  var opening: [StepOperation] = []
  /// By worker.
  package var workers: [[StepOperation]]
  /// By worker: what follows where the loss is not finite.
  var ifDiverged: [[StepOperation]]
  /// Tasks that workers claim one after another, by queue.
  var queues: [[[StepOperation]]] = []
  var counters: [Counter] = []
  var messages: [StepMessage] = []

  init(workers: Int) {
    self.workers = Array(repeating: [], count: workers)
    ifDiverged = self.workers
  }

  /// Whether all workers meet equally often, nobody meets in a task, each counter counts as many events as it waits for,
  /// and each message exists: what a program shows by itself. The tests simulate the rest.
  var isSound: Bool {
    let tasks = [opening] + queues.joined() + counters.map(\.then)
    let all = Array((workers + tasks).joined())
    return [workers, ifDiverged].allSatisfy { Set($0.map(\.meetings)).count <= 1 }
      && tasks.allSatisfy { $0.meetings == 0 }
      && counters.indices.allSatisfy { counter in
        all.count { $0 == .count(counter: counter) } == counters[counter].events
      }
      && all.allSatisfy { operation in
        switch operation {
        case .send(let message), .receive(let message), .pack(let message): messages.indices.contains(message)
        default: true
        }
      }
  }
}

extension [StepOperation] {
  fileprivate var meetings: Int { count { $0 == .meet } }
}

extension StepProgram: CustomStringConvertible {
  /// The program as a person reads it: an operation a line.
  package var description: String {
    func lines(_ title: String, _ operations: [StepOperation]) -> [String] {
      operations.isEmpty ? [] : [title] + operations.map { "  \(text($0))" }
    }
    var all = lines("opening", opening)
    for (worker, operations) in workers.enumerated() { all += lines("worker \(worker)", operations) }
    for (queue, tasks) in queues.enumerated() {
      for (place, task) in tasks.enumerated() { all += lines("queue \(queue), task \(place)", task) }
    }
    for (index, counter) in counters.enumerated() {
      all += lines("counter \(index), after \(counter.events)", counter.then)
    }
    return all.joined(separator: "\n")
  }

  private func text(_ operation: StepOperation) -> String {
    switch operation {
    case .send(let message): "send \(text(messages[message]))"
    case .receive(let message): "receive \(text(messages[message]))"
    case .pack(let message): "pack \(text(messages[message]))"
    case .average(let blocks): "average(blocks: \(blocks))"
    default: "\(operation)"
    }
  }

  private func text(_ message: StepMessage) -> String {
    let content =
      switch message.content {
      case .gradients(let bucket, let part): "gradients(bucket: \(bucket), shards: \(part))"
      default: "\(message.content)"
      }
    return "\(content), rank \(message.from) to \(message.to)"
  }
}
