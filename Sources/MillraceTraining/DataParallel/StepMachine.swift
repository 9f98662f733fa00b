import MillraceNetwork
package import MillracePipeline
package import MillraceShards
package import MillraceThreads

/// Carries out a ``StepProgram``: how each of its operations is done.
///
/// - Note: `@unchecked Sendable` holds because a worker touches what its operations say and nothing else, and no program
///   lets two workers, or a worker and a message, use the same memory at once where one of them writes: shown for all
///   programs by the tests in `Step`. Between runs the caller alone uses it.
package final class StepMachine: @unchecked Sendable {
  let memory: StepMemory
  private let placement: Placement
  private let update: GradientUpdate
  private let team: WorkerTeam
  private let group: any ProcessGroup
  private var program: LoadedProgram
  private var body: @Sendable (Int) throws -> Void = { _ in }

  /// Where the minibatch after the one under way comes from; nil where nobody asks for it.
  private var next: (any MinibatchSource)?

  /// - Parameters:
  ///   - memory: What the step works on.
  ///   - update: What is done to parameters whose gradient is known.
  ///   - team: The workers.
  ///   - group: The ranks.
  package init(_ memory: StepMemory, _ update: GradientUpdate, team: WorkerTeam, group: any ProcessGroup) {
    self.memory = memory
    self.update = update
    self.team = team
    self.group = group
    placement = memory.placement
    program = LoadedProgram(StepProgram(workers: team.count))
    // Made once: a closure that is made anew each step would be allocated each step.
    body = { [unowned self] worker in try work(worker) }
  }

  /// Carries a program out, once.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - next: Who gets the next minibatch ready when the losses are about to be handed around.
  package func run(_ program: LoadedProgram, preparing next: (any MinibatchSource)? = nil) throws {
    self.program = program
    self.next = next
    defer { self.next = nil }
    program.begin()
    for operation in program.opening { try perform(operation, 0) }
    try team.run(body)
  }

  private func work(_ worker: Int) throws {
    for operation in program.workers[worker] {
      if case .stopIfDiverged = operation {
        // Every worker of every rank sums the same losses in the same order, so all agree whether to step.
        guard memory.shards.loss.loss.isFinite else {
          for operation in program.ifDiverged[worker] { try perform(operation, worker) }
          return
        }
      } else {
        try perform(operation, worker)
      }
    }
  }

  private func perform(_ operation: StepOperation, _ worker: Int) throws {
    let shards = memory.shards
    switch operation {
    case .multiply(let rows, let shard):
      multiply(placement.layout.network.weightRows[rows], shard)
      group.advance()
    case .forward(let shard, let stage):
      shards[shard].forward(stage: stage, parameters: update.values, sums: memory.sums.totals(for: worker))
    case .evaluateLoss(let shard): shards.evaluateLoss(of: shard)
    case .backward(let shard, let layer):
      shards[shard].backward(
        layer: layer, parameters: update.values, sums: memory.sums.totals(for: worker),
        into: vector(shard).base + placement.placesOfLayer[layer])
      group.advance()
    case .writeGradient(let rows, let shard):
      let weights = placement.layout.network.weightRows[rows]
      shards[shard].writeWeightGradient(weights, into: vector(shard).base + placement.placesOfRows[rows])
      group.advance()

    case .sumShard(let shard, let boundary):
      shards[shard].sum(
        beforeStage: boundary.stage, isBackward: boundary.isBackward, parameters: update.values,
        into: memory.sums.sums(of: shard, at: boundary))
    case .shareSums(let boundary): try memory.sums.beginSharing(boundary, group)
    case .addSums(let boundary): memory.sums.addUp(boundary, for: worker)

    case .meet: try team.barrier()
    case .claim(let queue):
      while let task = program.claim(queue) {
        for operation in task { try perform(operation, worker) }
      }
    case .count(let counter):
      for operation in program.count(counter) { try perform(operation, worker) }

    case .receive(let number):
      let message = program.messages[number]
      try group.receive(memory.incoming(message), from: message.from, tag: placement.tag(of: message))
    case .pack(let number): memory.pack(program.messages[number])
    case .send(let number):
      let message = program.messages[number]
      try group.send(memory.outgoing(message), to: message.to, tag: placement.tag(of: message))
    case .finish(let tag): try group.finishReceiving(tag: tag)
    case .finishSends: try group.finishSending()
    case .finishGathers: try group.finishGathering()
    case .shareCounts: try memory.rows.beginSharingCounts(group)
    case .shareLosses:
      try shards.beginSharingLosses()
      try next?.prepareNext()
    case .shareSquares(let bucket): try update.beginSharingSquares(bucket, group)
    case .shareFindings: try update.beginSharingFindings(group)
    case .shareParameters(let bucket): try update.beginSharing(update.parameters, bucket, group)
    case .addUp(let part, let bucket, let rank):
      memory.addUp(part: part, placement.places(of: placement.buckets[bucket].blocks[rank]))

    case .stopIfDiverged: preconditionFailure("a worker ends the step, and no task of its own")
    case .addProducts(let piece, let run): try addProducts(piece, run, worker)
    case .keepProducts(let piece, let run): update.keepProducts(piece, run, worker)
    case .sum(let piece): update.sum(piece)
    case .measure(let piece): update.measure(piece)
    case .scale: update.findScale(for: worker)
    case .stepProducts(let piece, let run): update.stepProducts(piece, run, worker)
    case .complete(let piece): update.complete(piece)
    case .sumAndStep(let piece): update.sumAndStep(piece, worker)
    case .step(let piece): update.step(piece, worker)
    case .average(let blocks): update.moveAverage(blocks)
    }
  }

  private func vector(_ shard: Int) -> FlatVector { memory.vectors[shard - placement.own.lowerBound] }

  private func multiply(_ rows: WeightRows, _ shard: Int) {
    if placement.own.contains(shard) {
      memory.shards[shard].writeProduct(ahead: rows, parameters: update.values)
    } else {
      memory.rows[shard].writeProduct(rows, memory.rows.input(of: shard), parameters: update.values)
    }
  }

  /// Of another's shard, the gradients of the units must have come; meanwhile this rank's own shards are computed.
  private func addProducts(_ piece: Int, _ run: Int, _ worker: Int) throws {
    guard case .products(let number, let runs) = placement.pieces[piece].route else { return }
    let rows = placement.layout.network.weightRows[number]
    try memory.rowGradients[worker].write(rows, tiles: runs[run]) { shard, gradient in
      if placement.own.contains(shard) {
        memory.shards[shard].writeWeightGradient(rows, tiles: runs[run], into: gradient)
      } else {
        try group.finishReceiving(tag: placement.tagOfUnitGradients(shard))
        memory.rows[shard].writeWeightGradient(
          rows, tiles: runs[run], memory.rows.input(of: shard), into: gradient)
      }
      group.advance()
    }
  }
}
