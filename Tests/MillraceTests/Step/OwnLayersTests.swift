import MillraceNetwork
import MillracePipeline
import MillraceRandom
import MillraceThreads
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceShards
@testable import MillraceTraining

/// Layers that the library does not know fit into the step: with a matrix that the parts of a sample share, with
/// several matrices, and with a weight gradient of their own.
struct OwnLayersTests {
  /// The layers of a network, and a loss.
  enum Case: CaseIterable {
    /// The case has a shared matrix in the first layer, and one behind it.
    case sliding
    /// The matrix is wide enough that workers share its rows.
    case wideSliding
    /// The first layer has two matrices, whose products need only the input.
    case bilinear
    /// The matrices are wide enough that workers share the rows of both.
    case wideBilinear
    /// A penalised tensor that is not a matrix comes after wide rows that workers share.
    case scaled
    /// Convolutions of planes whose gradient somebody asks for, normalised over the minibatch.
    case convolved

    var network: Network {
      func dense(_ inputs: Int, _ outputs: Int, _ activation: ActivationKind) -> Dense {
        Dense(inputCount: inputs, outputCount: outputs, activation: activation)
      }
      func convolution(
        _ input: PlaneShape, _ channels: Int, _ normalization: BatchNormalizationKind, _ takesPlanes: Bool
      ) -> Convolution {
        Convolution(
          ConvolutionShape(input: input, channels: channels), takesPlanes: takesPlanes, activation: .tanh,
          normalization: normalization, pooling: Pooling(.average, window: takesPlanes ? 2 : 1))
      }
      let layers: [any Layer] =
        switch self {
        case .sliding:
          [
            SlidingDense(inputCount: 24, width: 6, step: 3, units: 5),
            BatchNormalization(count: 35, activation: .tanh, isSynchronized: true),
            SlidingDense(inputCount: 35, width: 10, step: 5, units: 4), dense(24, 3, .identity),
          ]
        case .wideSliding:
          [SlidingDense(inputCount: 12, width: 8, step: 4, units: 1024), dense(2048, 3, .identity)]
        case .bilinear: [TwoMatrices(inputCount: 24, outputCount: 9), dense(9, 3, .identity)]
        case .wideBilinear: [TwoMatrices(inputCount: 24, outputCount: 512), dense(512, 3, .identity)]
        case .convolved:
          [
            ScaledValues(count: 24),
            convolution(PlaneShape(channels: 2, height: 3, width: 4), 8, .sync, true),
            Dropout(count: 16, rate: 0.2, places: 2),
            convolution(PlaneShape(channels: 8, height: 1, width: 2), 6, .none, false),
            dense(12, 3, .identity),
          ]
        case .scaled: [dense(24, 1024, .tanh), ScaledValues(count: 1024), dense(1024, 3, .identity)]
        }
      return Network(layers: layers, loss: LossKind.crossEntropy.implementation, labelSmoothing: 0.1)
    }

    var isWide: Bool { ![.sliding, .bilinear, .convolved].contains(self) }
  }

  private static let (rows, classes) = (12, 3)

  private static func source(_ network: Network, epochs: Int = 1) -> ArrayMinibatchSource {
    var random = KeyedRandom(seed: 5, purpose: .preview)
    return ArrayMinibatchSource(
      features: (0..<rows * network.inputCount).map { _ in random.normal() },
      featureCount: network.inputCount, labels: (0..<rows).map { Int32($0 * 7 % classes) }, batchSize: rows,
      epochs: 0..<epochs)
  }

  @Test(arguments: Case.allCases) func `The gradient equals finite differences`(step: Case) throws {
    let network = step.network
    let parameters = network.initialParameters(seed: 3)
    let pass = NetworkPass(network: network, capacity: Self.rows, training: true)
    let minibatch = try #require(Self.source(network).next())
    let shard = NetworkPass.Shard(
      input: Matrix(
        base: minibatch.features(ofRow: 0), rows: Self.rows, columns: network.inputCount,
        stride: minibatch.featureStride),
      targets: .classes(minibatch.labels), minibatchCount: Self.rows, isTraining: true)
    var gradient = [Float](repeating: .nan, count: network.parameterCount)
    pass.run(shard, parameters: parameters, gradient: &gradient)
    let isFinite = gradient.allSatisfy(\.isFinite)
    #expect(isFinite)
    let scale = try #require(
      network.parameters.filter(\.description.role.isLearned).flatMap { gradient[$0.range] }.map(abs).max())
    for tensor in network.parameters where tensor.description.role.isLearned {
      for place in Set((0..<7).map { tensor.range.lowerBound + $0 * (tensor.range.count - 1) / 6 }) {
        let slopes = [Float(1e-2), 3e-3, 1e-3].map { size -> Double in
          func loss(_ distance: Float) -> Double {
            var moved = parameters
            moved[place] += distance
            return pass.run(shard, parameters: moved).loss
          }
          return (loss(size) - loss(-size)) / Double(2 * size) / Double(Self.rows)
        }
        let error = slopes.map { abs($0 - Double(gradient[place])) / Double(scale) }.min() ?? .infinity
        #expect(error < 5e-3, "\(tensor.name), element \(place): \(gradient[place]) and \(slopes)")
      }
    }
  }

  /// The checksum of the trained vectors.
  private static func checksum(
    _ step: Case, shards: Int, workers: Int, ranks: Int, clipNorm: Double?
  ) throws -> Set<UInt32> {
    let network = step.network
    return Set(
      try LocalProcesses.run(ranks) { group in
        let team = try WorkerTeam(count: workers)
        defer { team.shutdown() }
        var regularization = RegularizationOptions()
        (regularization.clipNorm, regularization.weightDecay) = (clipNorm, 0.01)
        regularization.averageDecay = 0.5
        let step = DataParallelStep(
          network: network, parameters: network.initialParameters(seed: 1),
          optimizer: Momentum(momentum: 0.9),
          regularization: regularization, seed: 1, capacity: rows, plan: ShardPlan(count: shards), team: team,
          group: group, mostWorkers: workers)
        let source = source(network, epochs: 3)
        while let minibatch = source.next() {
          _ = try step.run(minibatch, learningRate: 0.05)
          source.release(minibatch)
        }
        try step.gatherStates()
        return Checksum.of(step.vectors.sorted { $0.key < $1.key }.flatMap(\.value))
      }.map { try $0.get() })
  }

  @Test(arguments: Case.allCases, [(1, nil), (5, nil), (4, 0.1)] as [(Int, Double?)])
  func `Training gives the same bits for any number of workers and ranks`(
    step: Case, cut: (shards: Int, clipNorm: Double?)
  ) throws {
    var found: Set<UInt32> = []
    for ranks in 1...3 {
      for workers in 1...3 {
        found.formUnion(
          try Self.checksum(
            step, shards: cut.shards, workers: workers, ranks: ranks, clipNorm: cut.clipNorm))
        #expect(found.count == 1, "\(ranks) ranks of \(workers) workers")
      }
    }
  }

  @Test func `Of each way of a gradient to its owner there is a case`() {
    func placement(_ step: Case, ranks: Int, workers: Int) -> Placement {
      Placement(
        StepLayout(network: step.network, shards: ShardPlan(count: 4)), capacity: Self.rows, rank: 0,
        ranks: ranks, workers: workers, mostWorkers: workers)
    }
    for step in Case.allCases {
      let (alone, shared) = (placement(step, ranks: 1, workers: 1), placement(step, ranks: 2, workers: 1))
      #expect(alone.pieces.contains { $0.route != .sums }, "\(step)")
      #expect(shared.pieces.contains { $0.route == .sums }, "\(step)")
      // Only one of several matrices could be shared among ranks, and a matrix of parts does not take the input
      // itself.
      #expect((shared.rowPlan != nil) == (step == .scaled), "\(step)")
      if step.isWide {
        #expect(placement(step, ranks: 1, workers: 2).pieces.contains { $0.route != .sums }, "\(step)")
      }
    }
    let ahead = Case.allCases.filter { !placement($0, ranks: 1, workers: 1).layout.rowsAhead.isEmpty }
    #expect(ahead == [.bilinear, .wideBilinear, .scaled])
  }
}
