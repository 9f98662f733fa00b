import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceShards
@testable import MillraceTraining

/// A step's programs are right for any number of ranks, workers and shards: the tests need no thread, message or
/// number.
struct StepProgramTests {
  /// A network, and how a minibatch of it is cut and shared.
  struct Case: CustomTestStringConvertible {
    let name: String
    let units: [Int]
    var inputs = 8
    var normalization = BatchNormalizationKind.none
    var inputDropout = 0.0
    var capacity = 8
    var fixedLayers = 0
    var stem: ConvolutionStem?
    /// Own layers in the place of the network's.
    var layers: [any Layer]?

    var testDescription: String { name }

    var network: Network {
      if let layers { return Network(layers: layers, loss: LossKind.crossEntropy.implementation) }
      var network = NetworkConfiguration(
        inputCount: inputs, hidden: units.map { HiddenLayer(units: $0) }, outputCount: 3)
      network.batchNormalization = normalization
      network.stem = stem.map {
        StemConfiguration(
          input: PlaneShape(channels: 1, height: inputs / 4, width: 4), convolutions: $0)
      }
      network.inputDropout = inputDropout
      var options = NetworkTrainingOptions()
      options.fixedLayers = fixedLayers
      return Network(network, options: options)
    }

    static let all = [
      Case(name: "small layers", units: [300], inputs: 60),
      Case(name: "wide first layer", units: [1024, 6]),
      Case(name: "wide first layer, synchronised", units: [1024, 6], normalization: .sync),
      Case(name: "many samples", units: [520, 300], normalization: .shard, capacity: 1 << 20),
      Case(name: "few blocks", units: [12]),
      Case(name: "no weights first", units: [12, 9], normalization: .sync, inputDropout: 0.1),
      Case(name: "fixed first layer", units: [1024, 600], normalization: .sync, fixedLayers: 1),
      Case(name: "a stem", units: [520], stem: ConvolutionStem(channels: [6])),
      Case(
        name: "a stem, synchronised", units: [12], inputs: 16, normalization: .sync,
        stem: ConvolutionStem(channels: [4, 40])),
      Case(
        name: "a stem whose first block is fixed", units: [12], inputs: 16, normalization: .sync,
        fixedLayers: 1,
        stem: ConvolutionStem(channels: [4, 40])),
      Case(
        name: "a matrix of parts, and two of one layer", units: [],
        layers: [
          SlidingDense(inputCount: 12, width: 4, step: 2, units: 6),
          TwoMatrices(inputCount: 30, outputCount: 520),
          ScaledValues(count: 520), Dense(inputCount: 520, outputCount: 3, activation: .identity),
        ]),
      Case(
        name: "two wide matrices first", units: [],
        layers: [
          TwoMatrices(inputCount: 8, outputCount: 520),
          Dense(inputCount: 520, outputCount: 3, activation: .identity),
        ]),
    ]
  }

  private static func ranks(
    _ step: Case, ranks: Int, workers: Int, shards: Int, _ kind: StepProgram.Kind
  ) -> [StepSimulation.Rank] {
    let layout = StepLayout(network: step.network, shards: ShardPlan(count: shards))
    return (0..<ranks).map { rank in
      // Ranks may have different numbers of workers.
      let placement = Placement(
        layout, capacity: step.capacity, rank: rank, ranks: ranks, workers: max(1, workers - rank % 2),
        mostWorkers: workers)
      return StepSimulation.Rank(
        placement: placement, program: ProgramBuilder.program(placement, kind), isOfParts: kind.isOfParts)
    }
  }

  private static let kinds = [(false, false), (true, false), (false, true), (true, true)].map {
    StepProgram.Kind(measuresNorm: $0.0, isOfParts: $0.1)
  }

  @Test(arguments: Case.all)
  func `Every element is stepped once, nothing is used by two at once, and everybody comes to an end`(
    step: Case
  ) throws {
    for ranks in 1...4 {
      for workers in 1...3 {
        for shards in [1, 2, 3, 5, 6] {
          for (number, kind) in Self.kinds.enumerated() {
            let all = Self.ranks(step, ranks: ranks, workers: workers, shards: shards, kind)
            #expect(throws: Never.self, "\(ranks) ranks of \(workers) workers, \(shards) shards, \(kind)") {
              try StepSimulation.run(all, seed: UInt64(number))
              try StepSimulation.run(all, seed: UInt64(number), diverges: true)
            }
          }
        }
      }
    }
  }

  @Test func `Two hundred interleavings of ranks that share rows all end`() throws {
    let all = Self.ranks(
      Case.all[2], ranks: 2, workers: 2, shards: 5, StepProgram.Kind(measuresNorm: true, isOfParts: true))
    #expect(all[0].placement.rowPlan != nil)
    for seed in 0..<200 {
      #expect(throws: Never.self, "seed \(seed)") { try StepSimulation.run(all, seed: UInt64(seed)) }
    }
  }

  // MARK: Mistakes are found

  /// Whether some of a few interleavings show a fault.
  private static func isFound(_ ranks: [StepSimulation.Rank], diverges: Bool = false) -> Bool {
    (0..<60).contains { seed in
      do {
        try StepSimulation.run(ranks, seed: UInt64(seed), diverges: diverges)
        return false
      } catch { return true }
    }
  }

  private static let mistaken: [(step: Case, ranks: Int)] = [
    (Case.all[0], 1), (Case.all[0], 2), (Case.all[1], 1), (Case.all[1], 2), (Case.all[2], 1),
    (Case.all[2], 2),
  ]

  @Test(arguments: mistaken, kinds)
  func `A meeting left out is found`(step: (step: Case, ranks: Int), kind: StepProgram.Kind) {
    let all = Self.ranks(step.step, ranks: step.ranks, workers: 2, shards: 4, kind)
    let meetings = all[0].program.workers[0].count { $0 == .meet }
    for left in 0..<meetings {
      // The meeting is left out for one worker.
      var one = all
      one[0].program.workers[0].removeMeeting(left)
      #expect(Self.isFound(one), "meeting \(left) of one worker")
      // The meeting is left out for all workers of a rank.
      var everybody = all
      for worker in all[0].program.workers.indices {
        everybody[0].program.workers[worker].removeMeeting(left)
      }
      #expect(Self.isFound(everybody), "meeting \(left) of \(meetings)\n\(all[0].program)")
    }
  }

  @Test(arguments: mistaken.filter { $0.ranks > 1 }, kinds)
  func `A message swapped or left out, and a wait left out, is found`(
    step: (step: Case, ranks: Int), kind: StepProgram.Kind
  ) {
    let all = Self.ranks(step.step, ranks: step.ranks, workers: 2, shards: 5, kind)
    let program = all[0].program
    for number in program.messages.indices {
      var left = all
      left[0].program.remove { $0 == .send(number) || $0 == .receive(number) }
      #expect(Self.isFound(left), "without \(program.messages[number])")
    }
    let sent = program.messages.indices.filter { program.messages[$0].from == 0 }
    for (one, other) in zip(sent, sent.dropFirst()) {
      var swapped = all
      swapped[0].program.messages.swapAt(one, other)
      #expect(Self.isFound(swapped), "\(program.messages[one]) for \(program.messages[other])")
    }
    for tag in Set(program.messages.filter { $0.to == 0 }.map(all[0].placement.tag)) {
      var hasty = all
      hasty[0].program.remove { $0 == .finish(tag: tag) }
      #expect(Self.isFound(hasty) || Self.waitsInside(tag, all[0]), "tag \(tag)")
    }
    for wait in [StepOperation.finishGathers, .finishSends] {
      var hasty = all
      hasty[0].program.remove { $0 == wait }
      #expect(Self.isFound(hasty), "\(wait)")
    }
  }

  /// Whether the wait for a tag is among products for all shards.
  private static func waitsInside(_ tag: Int, _ rank: StepSimulation.Rank) -> Bool {
    (0..<rank.placement.layout.shards.count).contains { rank.placement.tagOfUnitGradients($0) == tag }
  }

  @Test func `A piece left out, or stepped twice, is found`() {
    for (step, ranks) in Self.mistaken {
      let all = Self.ranks(
        step, ranks: ranks, workers: 2, shards: 4, StepProgram.Kind(measuresNorm: false, isOfParts: true))
      let program = all[0].program
      for (place, operation) in program.workers[0].enumerated() {
        switch operation {
        case .stepProducts, .sumAndStep:
          var (left, twice) = (all, all)
          left[0].program.workers[0].remove(at: place)
          twice[0].program.workers[0].insert(operation, at: place)
          #expect(Self.isFound(left) && Self.isFound(twice), "\(operation)")
        default: continue
        }
      }
    }
  }
}

extension [StepOperation] {
  /// Leaves out the meeting with this number.
  fileprivate mutating func removeMeeting(_ number: Int) {
    let meetings = indices.filter { self[$0] == .meet }
    if meetings.indices.contains(number) { remove(at: meetings[number]) }
  }
}

extension StepProgram {
  /// Leaves out operations wherever they are.
  fileprivate mutating func remove(_ isLeftOut: (StepOperation) -> Bool) {
    opening.removeAll(where: isLeftOut)
    for worker in workers.indices { workers[worker].removeAll(where: isLeftOut) }
    for worker in ifDiverged.indices { ifDiverged[worker].removeAll(where: isLeftOut) }
    for queue in queues.indices {
      for task in queues[queue].indices { queues[queue][task].removeAll(where: isLeftOut) }
    }
    for counter in counters.indices { counters[counter].then.removeAll(where: isLeftOut) }
  }
}
