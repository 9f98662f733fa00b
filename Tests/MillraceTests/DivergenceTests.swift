import MillraceNetwork
import MillracePipeline
import MillraceThreads
import Testing
import _MillraceTestSupport

@testable import MillraceShards
@testable import MillraceTraining

/// A step with a number that is not finite gives the same message for any number of workers and ranks.
struct DivergenceTests {
  /// What makes a step fail: the features of a sample, or the weights.
  enum Poison: CaseIterable {
    /// The gradients of both hidden layers' weights are infinite, but the loss is finite.
    case gradients
    /// One sample, in the last shard, has an infinite feature.
    case sample

    /// The message at learning rate 1e-3, without the cure.
    var message: String {
      let what =
        switch self {
        case .gradients: "a gradient is not finite, first at 0.dense.weight"
        case .sample: "the loss is not a number, first at 0.dense"
        }
      return "training diverged at learning rate 0.001: \(what);"
    }
  }

  private static let (inputs, second, outputs, rows) = (6, 300, 3, 12)

  /// Both hidden layers have an input of 3e38 that no weight uses, so only gradients overflow.
  private static func parameters(_ network: Network, _ poison: Poison) -> [Float] {
    var values = network.initialParameters(seed: 1)
    guard poison == .gradients else { return values }
    for tensor in network.parameters {
      switch tensor.name {
      case "0.dense.weight", "1.dense.weight":
        let columns = tensor.description.shape[1]
        for row in 0..<tensor.description.shape[0] { values[tensor.range.lowerBound + row * columns] = 0 }
      case "0.dense.bias": values[tensor.range.lowerBound] = 3e38
      case "2.dense.weight": for element in tensor.range { values[element] *= 1000 }
      default: break
      }
    }
    return values
  }

  private static func features(_ poison: Poison) -> [Float] {
    var features = (0..<rows * inputs).map { Float($0 * 7 % 13) / 13 }
    switch poison {
    case .gradients: for row in 0..<rows { features[row * inputs] = 3e38 }
    case .sample: features[(rows - 1) * inputs + 2] = .infinity
    }
    return features
  }

  /// The messages of all ranks.
  private static func messages(
    _ poison: Poison, units: Int, clipNorm: Double?, workers: Int, ranks: Int,
    precision: ProductPrecision = .float32
  ) throws -> [String] {
    var configuration = NetworkConfiguration(
      inputCount: inputs, hidden: [HiddenLayer(units: units), HiddenLayer(units: second)],
      outputCount: outputs)
    configuration.precision = precision
    let network = Network(configuration)
    return try LocalProcesses.run(ranks) { group in
      let team = try WorkerTeam(count: workers)
      defer { team.shutdown() }
      var regularization = RegularizationOptions()
      regularization.clipNorm = clipNorm
      let step = DataParallelStep(
        network: network, parameters: parameters(network, poison), optimizer: SGD(),
        regularization: regularization, seed: 1, capacity: rows, plan: ShardPlan(count: 4), team: team,
        group: group, mostWorkers: workers)
      let source = ArrayMinibatchSource(
        features: features(poison), featureCount: inputs, labels: (0..<rows).map { Int32($0 % outputs) },
        batchSize: rows, epochs: 0..<1)
      guard let minibatch = source.next() else { return "there is no minibatch" }
      defer { source.release(minibatch) }
      do {
        _ = try step.run(minibatch, learningRate: 1e-3)
        return "nothing diverged"
      } catch { return "\(error)" }
    }.map { try $0.get() }
  }

  @Test(arguments: Poison.allCases, [(12, nil), (1024, nil), (1024, 1)] as [(Int, Double?)])
  func `What is not finite has one message for any number of workers and ranks`(
    poison: Poison, step: (units: Int, clipNorm: Double?)
  ) throws {
    for ranks in 1...3 {
      for workers in 1...3 {
        let messages = try Self.messages(
          poison, units: step.units, clipNorm: step.clipNorm, workers: workers, ranks: ranks)
        #expect(messages.count == ranks)
        for message in messages {
          #expect(message.hasPrefix(poison.message), "\(ranks) ranks of \(workers) workers")
        }
      }
    }
  }

  @Test(arguments: Poison.allCases) func `Products in bfloat16 have the same messages`(poison: Poison) throws
  {
    for ranks in 1...2 {
      let messages = try Self.messages(
        poison, units: 1024, clipNorm: nil, workers: 2, ranks: ranks, precision: .bfloat16)
      #expect(messages.count == ranks && messages.allSatisfy { $0.hasPrefix(poison.message) }, "\(messages)")
    }
  }

  @Test(arguments: ProductPrecision.allCases)
  func `A value beyond the range of bfloat16 names its layer`(precision: ProductPrecision) throws {
    var configuration = NetworkConfiguration(inputCount: 2, hidden: [HiddenLayer(units: 3)], outputCount: 2)
    configuration.precision = precision
    let network = Network(configuration)
    let team = try WorkerTeam(count: 1)
    defer { team.shutdown() }
    let step = DataParallelStep(
      network: network, parameters: [Float](repeating: 1e-38, count: network.parameterCount),
      optimizer: SGD(), seed: 1, capacity: 2, plan: ShardPlan(count: 1), team: team)
    let source = ArrayMinibatchSource(
      features: [.greatestFiniteMagnitude, 1, 2, 3], featureCount: 2, labels: [0, 1], batchSize: 2,
      epochs: 0..<1)
    let minibatch = try #require(source.next())
    defer { source.release(minibatch) }
    guard precision == .bfloat16 else {
      _ = try step.run(minibatch, learningRate: 1e-3)
      return
    }
    let error = #expect(throws: DivergenceError.self) { _ = try step.run(minibatch, learningRate: 1e-3) }
    #expect(error?.layer == "0.dense")
  }
}
