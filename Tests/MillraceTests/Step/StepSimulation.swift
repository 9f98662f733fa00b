import MillraceNetwork
import MillraceRandom

@testable import MillraceShards
@testable import MillraceTraining

/// Carries out steps of several ranks and workers without a thread: in a random order, any worker that can go on
/// takes one operation at a time. Clocks tell which operations are ordered, whatever their order here.
///
/// The clocks are vector clocks: an access that another may overlap with is found in any interleaving, not only in
/// one where it does harm. Source: Flanagan and Freund, "FastTrack: efficient and precise dynamic race detection",
/// 2009.
struct StepSimulation {
  /// What is wrong with a program.
  enum Fault: Error, Hashable {
    /// Two workers, or a worker and a message, use the same memory at the same time, and one of them writes.
    case race(StepRegion, rank: Int)
    /// Memory is read that nobody has written.
    case unwritten(StepRegion, rank: Int)
    /// Ranks or workers wait for each other for ever.
    case deadlock(waiting: [String])
    /// A message, or a part of a gather, is not what the other side asked for.
    case mismatch(String)
    /// Something is still under way at the end.
    case unfinished(String)
    /// An element was stepped never, or more than once.
    case stepped(element: Int, times: Int)
    /// Workers of a rank do not meet equally often.
    case meetings([Int])
  }

  /// The side of one rank.
  struct Rank {
    var placement: Placement
    var program: StepProgram
    var isOfParts: Bool
  }

  typealias Clock = [Int: Int]

  struct Worker {
    var frames: [[StepOperation]]
    var clock: Clock = [:]
    var isMeeting = false
    var meetings = 0
    var hasStopped = false
  }

  struct Transfer {
    var message: StepMessage
    var clock: Clock
  }

  struct State {
    var workers: [Worker] = []
    var nextTasks: [Int] = []
    var counts: [Int] = []
    var counterClocks: [Clock] = []
    /// The messages that were asked for and have not come yet, in order.
    var receives: [Transfer] = []
    /// The clocks of the messages that have come, by tag.
    var arrived: [Int: Clock] = [:]
    /// The messages that were sent since a worker last waited for sends to end.
    var sending = 0
    var sent: Clock = [:]
    var gathers: [(operation: StepOperation, clock: Clock)] = []
    var gathered: Clock = [:]
    var gathersDone = 0
    var gathersFinished = 0
    var stepped: [Int]
    var writes: [StepRegion: (thread: Int, time: Int)] = [:]
    var reads: [StepRegion: Clock] = [:]
  }

  let ranks: [Rank]
  private let diverges: Bool
  var states: [State]
  private var random: KeyedRandom
  /// The messages that were sent and not asked for yet, in order.
  var sends: [Transfer] = []
  var nextThread: Int

  /// Carries the step out.
  ///
  /// - Parameters:
  ///   - ranks: Each rank's program.
  ///   - seed: The seed of the order.
  ///   - diverges: Whether the loss is not finite.
  /// - Throws: ``Fault``.
  static func run(_ ranks: [Rank], seed: UInt64, diverges: Bool = false) throws(Fault) {
    var simulation = StepSimulation(ranks, seed: seed, diverges: diverges)
    try simulation.run()
  }

  private init(_ ranks: [Rank], seed: UInt64, diverges: Bool) {
    self.ranks = ranks
    self.diverges = diverges
    random = KeyedRandom(seed: seed, purpose: .preview)
    states = ranks.map { rank in
      var state = State(
        stepped: Array(repeating: 0, count: rank.placement.layout.network.parameterCount))
      state.workers = rank.program.workers.map { Worker(frames: [$0]) }
      state.nextTasks = rank.program.queues.map { _ in 0 }
      state.counts = rank.program.counters.map(\.events)
      state.counterClocks = rank.program.counters.map { _ in [:] }
      return state
    }
    nextThread = ranks.count * 100
  }

  private mutating func run() throws(Fault) {
    for rank in ranks.indices {
      for operation in ranks[rank].program.opening { try perform(operation, rank, 0) }
      // The thread that starts the workers comes before all of them.
      for worker in states[rank].workers.indices {
        states[rank].workers[worker].clock = states[rank].workers[0].clock
      }
    }
    var runnable = ranks.indices.flatMap { rank in
      states[rank].workers.indices.map { (rank: rank, worker: $0) }
    }
    let all = runnable
    // For some time a worker goes on alone until it waits, then another may; or for some time all workers take
    // turns.
    var (patience, favourite) = (0, 0)
    while !runnable.isEmpty {
      if patience == 0 {
        (patience, favourite) = (1 + random.index(below: 40), random.index(below: 2 * all.count))
      }
      patience -= 1
      let isFavoured = favourite < all.count && random.index(below: 20) > 0
      let favoured = isFavoured ? runnable.firstIndex { $0 == all[favourite] } : nil
      let place = favoured ?? random.index(below: runnable.count)
      let (rank, worker) = runnable[place]
      if try advance(rank, worker) {
        // The operation may let any worker go on.
        runnable = all
      } else {
        runnable.swapAt(place, runnable.count - 1)
        runnable.removeLast()
      }
    }
    try checkEnd()
  }

  private func checkEnd() throws(Fault) {
    for state in states {
      let meetings = state.workers.map(\.meetings)
      if Set(meetings).count > 1 { throw .meetings(meetings) }
    }
    let waiting = ranks.indices.flatMap { rank in
      states[rank].workers.indices.compactMap { worker -> String? in
        guard let frame = states[rank].workers[worker].frames.last, let operation = frame.first else {
          return nil
        }
        return "rank \(rank), worker \(worker): \(operation)"
      }
    }
    if !waiting.isEmpty { throw .deadlock(waiting: waiting) }
    if let send = sends.first { throw .unfinished("\(send.message) was not asked for") }
    for (rank, state) in states.enumerated() {
      if let receive = state.receives.first { throw .unfinished("\(receive.message) was not sent") }
      if state.gathersFinished < state.gathers.count {
        throw .unfinished("rank \(rank) has something to gather")
      }
      if state.sending > 0 { throw .unfinished("rank \(rank) is still sending") }
    }
    let fixed = ranks[0].placement.layout.network.parameters.last { $0.description.role == .fixed }
    for element in states[0].stepped.indices {
      let times = states.reduce(0) { $0 + $1.stepped[element] }
      if times != (diverges || element < fixed?.range.upperBound ?? 0 ? 0 : 1) {
        throw .stepped(element: element, times: times)
      }
    }
  }

  // MARK: One operation

  /// Lets a worker take its next operation, and returns false where it has none, or waits.
  private mutating func advance(_ rank: Int, _ worker: Int) throws(Fault) -> Bool {
    while states[rank].workers[worker].frames.last?.isEmpty == true {
      states[rank].workers[worker].frames.removeLast()
    }
    guard let operation = states[rank].workers[worker].frames.last?.first else { return false }
    guard canGoOn(operation, rank, worker) else { return false }
    if case .meet = operation { return try meet(rank, worker) }
    states[rank].workers[worker].frames[states[rank].workers[worker].frames.count - 1].removeFirst()
    try perform(operation, rank, worker)
    return true
  }

  private func canGoOn(_ operation: StepOperation, _ rank: Int, _ worker: Int) -> Bool {
    let state = states[rank]
    return switch operation {
    case .finish(let tag): !state.receives.contains { ranks[rank].placement.tag(of: $0.message) == tag }
    case .finishSends: !sends.contains { $0.message.from == rank }
    case .finishGathers: state.gathersDone == state.gathers.count
    case .meet: !state.workers[worker].isMeeting
    default: true
    }
  }

  private mutating func meet(_ rank: Int, _ worker: Int) throws(Fault) -> Bool {
    states[rank].workers[worker].isMeeting = true
    guard states[rank].workers.allSatisfy(\.isMeeting) else { return true }
    var clock: Clock = [:]
    for worker in states[rank].workers { Self.join(&clock, worker.clock) }
    for index in states[rank].workers.indices {
      states[rank].workers[index].clock = clock
      states[rank].workers[index].isMeeting = false
      states[rank].workers[index].meetings += 1
      states[rank].workers[index].frames[states[rank].workers[index].frames.count - 1].removeFirst()
    }
    return true
  }

  func thread(_ rank: Int, _ worker: Int) -> Int { rank * 100 + worker }

  private mutating func push(_ operations: [StepOperation], _ rank: Int, _ worker: Int) {
    states[rank].workers[worker].frames.append(operations)
  }

  private mutating func perform(_ operation: StepOperation, _ rank: Int, _ worker: Int) throws(Fault) {
    let (placement, program) = (ranks[rank].placement, ranks[rank].program)
    let thread = thread(rank, worker)
    states[rank].workers[worker].clock[thread, default: 0] += 1
    let clock = states[rank].workers[worker].clock
    switch operation {
    case .claim(let queue):
      let task = states[rank].nextTasks[queue]
      guard task < program.queues[queue].count else { return }
      states[rank].nextTasks[queue] += 1
      push([operation], rank, worker)
      push(program.queues[queue][task], rank, worker)
    case .count(let counter):
      states[rank].counts[counter] -= 1
      Self.join(&states[rank].counterClocks[counter], clock)
      if states[rank].counts[counter] == 0 {
        Self.join(&states[rank].workers[worker].clock, states[rank].counterClocks[counter])
        push(program.counters[counter].then, rank, worker)
      }
    case .receive(let number):
      states[rank].receives.append(Transfer(message: program.messages[number], clock: clock))
      try match()
    case .send(let number):
      sends.append(Transfer(message: program.messages[number], clock: clock))
      states[rank].sending += 1
      try match()
    case .pack(let number):
      guard case .unitGradients(let shard) = program.messages[number].content else { return }
      try access(
        rank, thread, clock, reads: [.pass(shard: shard)],
        writes: [.packedGradients(shard: shard, rank: program.messages[number].to)])
    case .finish(let tag): Self.join(&states[rank].workers[worker].clock, states[rank].arrived[tag] ?? [:])
    case .finishSends:
      states[rank].sending = 0
      Self.join(&states[rank].workers[worker].clock, states[rank].sent)
    case .finishGathers:
      states[rank].gathersFinished = states[rank].gathers.count
      Self.join(&states[rank].workers[worker].clock, states[rank].gathered)
    case .stopIfDiverged:
      try access(operation, rank, worker, clock)
      if diverges { states[rank].workers[worker].frames = [program.ifDiverged[worker]] }
    case .addProducts:
      // The wait inside the frame comes first.
      if states[rank].workers[worker].hasStopped {
        states[rank].workers[worker].hasStopped = false
        try access(operation, rank, worker, clock)
      } else {
        states[rank].workers[worker].hasStopped = true
        push([operation], rank, worker)
        let others = (0..<placement.layout.shards.count).filter { !placement.own.contains($0) }
        push(others.map { .finish(tag: placement.tagOfUnitGradients($0)) }, rank, worker)
      }
    default:
      if let runs = StepEffects.gathered(operation, placement) {
        try gather(operation, runs, rank, worker, clock)
      } else {
        try access(operation, rank, worker, clock)
      }
    }
    for element in Self.stepped(by: operation, placement) { states[rank].stepped[element] += 1 }
  }

  /// The elements that an operation steps.
  private static func stepped(by operation: StepOperation, _ placement: Placement) -> [Int] {
    var elements: [Int] = []
    switch operation {
    case .stepProducts(let piece, let run):
      guard case .products(let rows, let runs) = placement.pieces[piece].route else { return [] }
      placement.layout.network.weightRows[rows].forEachPiece(of: runs[run]) { range, _ in elements += range }
    case .sumAndStep(let piece), .step(let piece):
      elements += placement.layout.blocks.elements(of: placement.pieces[piece].blocks)
    default: break
    }
    return elements
  }
}
