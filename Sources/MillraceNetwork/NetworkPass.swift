/// The memory in which one shard runs forward and backward, allocated once.
///
/// One thread uses a pass at a time.
public final class NetworkPass {
  /// The network it was made for.
  public let network: Network
  /// The most rows it can take.
  public let capacity: Int
  /// One block: each layer's output, then, where gradients are wanted, each layer's output gradient.
  private let memory: UnsafeMutablePointer<Float>
  private let outputStarts: [Int]
  private let gradientStarts: [Int]

  /// Allocates the memory.
  ///
  /// - Parameters:
  ///   - network: The network to run.
  ///   - capacity: The most rows of a shard.
  ///   - training: Whether ``backward(_:_:parameters:gradient:scale:)`` will be called.
  public init(network: Network, capacity: Int, training: Bool) {
    self.network = network
    self.capacity = capacity
    var next = 0
    func claim() -> [Int] {
      network.layers.map { layer in
        defer { next += (capacity * layer.outputCount + 15) / 16 * 16 }
        return next
      }
    }
    outputStarts = claim()
    gradientStarts = training ? claim() : []
    memory = .allocate(capacity: max(1, next))
    // Touched now, so that the first step costs what every step costs.
    memory.initialize(repeating: 0, count: max(1, next))
  }

  deinit { memory.deallocate() }

  private func output(_ layer: Int, rows: Int) -> Matrix {
    Matrix(base: memory + outputStarts[layer], rows: rows, columns: network.layers[layer].outputCount)
  }

  private func gradient(_ layer: Int, rows: Int) -> Matrix {
    Matrix(base: memory + gradientStarts[layer], rows: rows, columns: network.layers[layer].outputCount)
  }

  /// Runs the layers over some rows.
  ///
  /// - Parameters:
  ///   - input: (rows, inputCount), at most `capacity` rows.
  ///   - parameters: The network's flat vector.
  /// - Returns: The last layer's outputs, valid until the next call.
  @discardableResult
  public func forward(_ input: Matrix, parameters: UnsafePointer<Float>) -> Matrix {
    precondition(
      input.rows <= capacity && input.columns == network.configuration.inputCount,
      "a pass made for \(capacity) × \(network.configuration.inputCount) got \(input.rows) × \(input.columns)")
    var current = input
    for (index, layer) in network.layers.enumerated() {
      let next = output(index, rows: input.rows)
      layer.forward(current, into: next, parameters: parameters + network.sliceStarts[index])
      current = next
    }
    return current
  }

  /// Runs forward and sums the loss.
  public func evaluate(_ input: Matrix, _ targets: Targets, parameters: UnsafePointer<Float>) -> LossSum {
    network.loss.evaluate(forward(input, parameters: parameters), targets, gradient: nil, scale: 1)
  }

  /// Runs forward and backward.
  ///
  /// - Parameters:
  ///   - input: (rows, inputCount), at most `capacity` rows.
  ///   - targets: One a row.
  ///   - parameters: The network's flat vector.
  ///   - gradient: As long; receives `scale` × the gradient of the summed loss. Every element is written.
  ///   - scale: Usually 1 / the minibatch's count.
  /// - Returns: The loss of the rows, unscaled.
  public func gradient(
    _ input: Matrix, _ targets: Targets, parameters: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>, scale: Float
  ) -> LossSum {
    let outputs = forward(input, parameters: parameters)
    let last = network.layers.count - 1
    let sum = network.loss.evaluate(
      outputs, targets, gradient: self.gradient(last, rows: input.rows), scale: scale)
    for index in stride(from: last, through: 0, by: -1) {
      network.layers[index].backward(
        input: index > 0 ? output(index - 1, rows: input.rows) : input,
        output: output(index, rows: input.rows),
        outputGradient: self.gradient(index, rows: input.rows),
        inputGradient: index > 0 ? self.gradient(index - 1, rows: input.rows) : nil,
        parameters: parameters + network.sliceStarts[index],
        gradient: gradient + network.sliceStarts[index])
    }
    return sum
  }
}
