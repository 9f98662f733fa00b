import MillraceNetwork
import MillraceShards

/// Makes a ``StepProgram`` of a ``Placement``.
///
/// The program is the same for one process and for several; where there are no others, what is for them is an empty list.
package struct ProgramBuilder {
  package let placement: Placement
  let kind: StepProgram.Kind
  package var program: StepProgram
  /// By layer: the counters that its gradient counts for.
  var countersOfLayer: [[Int]]
  /// By rows: the same of their gradients.
  var countersOfRows: [[Int]]
  /// Counts the shards that are through; nil where nobody waits for their losses.
  var passes: Int?

  /// Makes a program.
  package static func program(_ placement: Placement, _ kind: StepProgram.Kind) -> StepProgram {
    var builder = ProgramBuilder(placement, kind)
    builder.open()
    builder.multiplyFirst()
    builder.pass()
    builder.shareLosses()
    if kind.measuresNorm { builder.measure() }
    builder.update()
    builder.close()
    return builder.program
  }

  /// Makes a program that adds up vectors over the ranks and hands the sums around, and nothing else: what a benchmark
  /// of it measures.
  package static func exchange(_ placement: Placement) -> StepProgram {
    var builder = ProgramBuilder(placement, StepProgram.Kind(measuresNorm: false, isOfParts: false))
    builder.open()
    for (number, counter) in builder.program.counters.enumerated() where number != builder.passes {
      builder.program.workers[0] += counter.then
    }
    for turn in placement.turns {
      builder.byOne(builder.finish(turn))
      builder.each { worker, _ in turn.pieces[worker].map { .sum(piece: $0) } }
      builder.shareParameters(of: turn)
    }
    builder.byOne(builder.endOfMessages)
    return builder.program
  }

  private init(_ placement: Placement, _ kind: StepProgram.Kind) {
    self.placement = placement
    self.kind = kind
    program = StepProgram(workers: placement.workers)
    countersOfLayer = placement.layout.network.layers.map { _ in [] }
    countersOfRows = placement.layout.network.weightRows.map { _ in [] }
    program.ifDiverged = program.workers
    addCounters()
  }

  // MARK: Words

  /// Whether there is another process.
  private var isAlone: Bool { placement.ranks.ranks == 1 }
  private var rank: Int { placement.rank }

  /// Gives each worker something of its own to do.
  mutating func each(_ operations: (_ worker: Int, _ builder: inout ProgramBuilder) -> [StepOperation]) {
    for worker in 0..<placement.workers {
      let more = operations(worker, &self)
      program.workers[worker] += more
    }
  }

  /// Lets all workers do the same.
  package mutating func all(_ operations: [StepOperation]) { each { _, _ in operations } }

  /// Lets one worker do something that all others wait for; where there is nothing to do, nobody waits.
  mutating func byOne(_ operations: [StepOperation]) {
    guard !operations.isEmpty else { return }
    program.workers[0] += operations
    all([.meet])
  }

  /// Lets one worker wait for all others, where these have done something since they met.
  private mutating func waitForOthers() {
    if program.workers.dropFirst().contains(where: { $0.last != .meet }) { all([.meet]) }
  }

  /// Adds tasks that workers claim.
  package mutating func claim(_ tasks: [[StepOperation]]) {
    program.queues.append(tasks)
    all([.claim(queue: program.queues.count - 1)])
  }

  mutating func addCounter(events: Int, _ operations: [StepOperation]) -> Int {
    program.counters.append(StepProgram.Counter(events: events, then: operations))
    return program.counters.count - 1
  }

  package mutating func add(_ content: StepMessage.Content, from: Int, to: Int) -> Int {
    program.messages.append(StepMessage(from: from, to: to, content: content))
    return program.messages.count - 1
  }

  mutating func send(_ content: StepMessage.Content, to other: Int) -> StepOperation {
    .send(add(content, from: rank, to: other))
  }

  private mutating func receive(_ content: StepMessage.Content, from other: Int) {
    program.opening.append(.receive(add(content, from: other, to: rank)))
  }

  /// Waits for the messages that this rank gets and that are so.
  package func finish(_ isWanted: (StepMessage) -> Bool = { _ in true }) -> [StepOperation] {
    Set(program.messages.filter { $0.to == rank && isWanted($0) }.map(placement.tag)).sorted()
      .map { .finish(tag: $0) }
  }

  /// Waits for what a turn needs of other ranks.
  package func finish(_ turn: Placement.Turn) -> [StepOperation] {
    finish { if case .gradients(let bucket, _) = $0.content { bucket == turn.bucket } else { false } }
  }

  // MARK: Before the workers

  private mutating func open() {
    for (index, bucket) in placement.buckets.enumerated() where !bucket.elements[rank].isEmpty {
      for other in placement.others {
        for part in placement.parts[other] { receive(.gradients(bucket: index, part: part), from: other) }
      }
    }
    guard placement.rowPlan != nil else { return }
    program.opening.append(.shareCounts)
    for other in placement.others {
      let others = placement.ranks.run(of: other)
      for shard in placement.own { receive(.products(shard: shard), from: other) }
      for shard in others { receive(.unitGradients(shard: shard), from: other) }
      guard kind.isOfParts else { continue }
      if !others.isEmpty { receive(.inputs, from: other) }
      if !placement.own.isEmpty { program.opening.append(send(.inputs, to: other)) }
    }
  }

  /// What is sent as soon as this rank's shards have written it: the slices of the others, and the losses.
  private mutating func addCounters() {
    guard !isAlone, !placement.own.isEmpty else { return }
    passes = addCounter(events: placement.own.count, [.shareLosses])
    let layout = placement.layout
    for (index, bucket) in placement.buckets.enumerated() {
      for other in placement.others where !bucket.elements[other].isEmpty {
        let layers = layout.network.layers.indices.filter { placement.bucketsOfLayer[$0].contains(index) }
        let rows = layout.network.weightRows.indices.filter {
          layers.contains(layout.network.weightRows[$0].layer)
            && layout.network.weightRows[$0].elements.overlaps(bucket.elements[other])
        }
        var operations: [StepOperation] = []
        for (number, part) in placement.parts[rank].enumerated() {
          operations.append(.addUp(part: number, bucket: index, rank: other))
          operations.append(send(.gradients(bucket: index, part: part), to: other))
        }
        let counter = addCounter(events: placement.own.count * (layers.count + rows.count), operations)
        for layer in layers { countersOfLayer[layer].append(counter) }
        for rows in rows { countersOfRows[rows].append(counter) }
      }
    }
  }

  // MARK: After the passes

  /// The losses go around while workers compute what needs nothing but the passes.
  private mutating func shareLosses() {
    all([.meet])
    if !isAlone, placement.own.isEmpty { program.workers[0].append(.shareLosses) }
    each { worker, builder in
      builder.placement.turns[0].pieces[worker].first.flatMap(builder.ahead).map { [$0] } ?? []
    }
    byOne(isAlone ? [] : finish(placement.turns[0]) + [.finishGathers])
    all([.stopIfDiverged])
    // What is under way writes into memory that may soon be gone.
    let last = endOfMessages
    for worker in 0..<placement.workers where !last.isEmpty {
      program.ifDiverged[worker] = (worker == 0 ? last : []) + [.meet]
    }
  }

  private var endOfMessages: [StepOperation] { isAlone ? [] : finish() + [.finishGathers, .finishSends] }

  /// What of a piece is computed ahead, where it comes first.
  private func ahead(_ piece: Int) -> StepOperation? {
    placement.pieces[piece].route == .sums ? nil : .addProducts(piece: piece, run: 0)
  }

  /// The runs of a worker's piece, each computed unless it was ahead.
  private func runs(
    of piece: Int, _ worker: Int, then operation: (Int) -> StepOperation
  ) -> [StepOperation]? {
    guard case .products(_, let runs) = placement.pieces[piece].route else { return nil }
    let isAhead = placement.turns[0].pieces[worker].first == piece
    return runs.indices.flatMap { run in
      (isAhead && run == 0 ? [] : [.addProducts(piece: piece, run: run)]) + [operation(run)]
    }
  }

  private mutating func measure() {
    for (place, turn) in placement.turns.enumerated() {
      if place > 0 { byOne(finish(turn)) }
      each { worker, builder in
        turn.pieces[worker].flatMap { piece in
          (builder.runs(of: piece, worker) { .keepProducts(piece: piece, run: $0) } ?? [])
            + [.measure(piece: piece)]
        }
      }
    }
    all([.meet])
    if !isAlone {
      let shared: [StepOperation] = placement.rowPlan == nil ? [] : [.shareSquares(bucket: nil)]
      byOne(placement.buckets.indices.map { .shareSquares(bucket: $0) } + shared + [.finishGathers])
    }
    all([.scale])
  }

  private mutating func update() {
    for (place, turn) in placement.turns.enumerated() {
      if place > 0, !kind.measuresNorm { byOne(finish(turn)) }
      each { worker, builder in
        turn.pieces[worker].flatMap { piece -> [StepOperation] in
          if builder.kind.measuresNorm { return [.step(piece: piece)] }
          let runs = builder.runs(of: piece, worker) { .stepProducts(piece: piece, run: $0) }
          return runs.map { $0 + [.complete(piece: piece)] } ?? [.sumAndStep(piece: piece)]
        }
      }
      shareParameters(of: turn)
    }
  }

  private mutating func shareParameters(of turn: Placement.Turn) {
    guard let bucket = turn.bucket else { return }
    waitForOthers()
    program.workers[0].append(.shareParameters(bucket: bucket))
  }

  private mutating func close() {
    guard !isAlone else { return }
    waitForOthers()
    byOne([.shareFindings] + endOfMessages)
    let layout = placement.layout
    let known = layout.blocks.indices(of: (placement.rowPlan?.count ?? 0)..<layout.network.parameterCount)
    let slices = layout.blocks.slices(of: known, count: placement.workers)
    each { worker, _ in [.average(blocks: slices[worker])] }
  }
}
