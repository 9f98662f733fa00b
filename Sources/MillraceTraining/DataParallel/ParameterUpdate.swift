package import MillraceNetwork
import MillraceShards
import MillraceVectors

/// What a step does to parameters whose gradient is known, and the vectors that it keeps for this.
///
/// Workers call it at the same time, each for elements of its own.
package final class ParameterUpdate {
  let parameters: FlatVector
  /// The optimiser's vectors, by its names for them.
  let states: [(name: String, vector: FlatVector)]
  /// The moving average of the parameters; nil where none is kept.
  let average: FlatVector?
  /// 1 for each parameter that is free, 0 for each that is held at zero; nil: all are free.
  var mask: FlatVector?

  private let optimizer: any Optimizer
  private let weightDecay: Float
  private let averageDecay: Double?
  private let proximalStep: ProximalStep?
  private let maxNorm: MaxNorm?
  private let statePointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private var stepNumber = 0
  private var learningRate: Float = 0

  package init(of parameters: [Float], by optimizer: any Optimizer, _ regularization: RegularizationOptions) {
    self.parameters = FlatVector(parameters)
    self.optimizer = optimizer
    weightDecay = Float(regularization.weightDecay)
    averageDecay = regularization.averageDecay
    proximalStep = regularization.proximalStep
    maxNorm = regularization.maxNorm.map { MaxNorm(limit: Float($0)) }
    states = optimizer.stateNames.map { ($0, FlatVector(count: parameters.count)) }
    average = regularization.averageDecay.map { _ in FlatVector(parameters) }
    statePointers = .allocate(capacity: max(1, states.count))
    for (index, state) in states.enumerated() { (statePointers + index).initialize(to: state.vector.base) }
  }

  deinit { statePointers.deallocate() }

  /// Says which step comes, from 1 on. Before the workers begin.
  package func begin(step number: Int, learningRate: Float) {
    (stepNumber, self.learningRate) = (number, learningRate)
  }

  /// Holds parameters at zero from now on, or frees all.
  ///
  /// - Parameter values: 1 or 0 for each parameter, or nil. Velocities of held parameters are cleared, too.
  func hold(_ values: [Float]?) {
    mask = values.map(FlatVector.init)
    guard let mask else { return }
    for vector in [parameters] + states.map(\.vector) + [average].compactMap({ $0 }) {
      multiply(vector.base, mask.base, into: vector.base, count: mask.count)
    }
  }

  /// Steps some neighbouring parameters of one tensor.
  ///
  /// - Parameters:
  ///   - role: That of the tensor.
  ///   - elements: Where they are in the flat vector.
  ///   - gradient: Their gradient, summed over the minibatch; changed by the scale.
  ///   - scale: A factor on it, of which statistics know nothing.
  /// - Returns: Whether the gradient was finite.
  package func step(
    _ role: ParameterDescription.Role, _ elements: Range<Int>, gradient: UnsafeMutablePointer<Float>,
    scale: Float
  ) -> Bool {
    let isFinite = allFinite(gradient, count: elements.count)
    let values = parameters.base + elements.lowerBound
    if case .statistic(let momentum) = role {
      for i in 0..<elements.count { values[i] += momentum * (gradient[i] - values[i]) }
      return isFinite
    }
    if scale != 1 { for i in 0..<elements.count { gradient[i] *= scale } }
    optimizer.update(
      ParameterBlock(
        parameters: values, gradient: gradient, states: statePointers, offset: elements.lowerBound,
        count: elements.count, weightDecay: role == .weight ? weightDecay : 0),
      learningRate: learningRate, step: stepNumber)
    if role == .weight {
      proximalStep?.shrink(values, count: elements.count, learningRate: learningRate)
    }
    if let mask {
      let free = mask.base + elements.lowerBound
      multiply(values, free, into: values, count: elements.count)
      for state in states {
        let numbers = state.vector.base + elements.lowerBound
        multiply(numbers, free, into: numbers, count: elements.count)
      }
    }
    return isFinite
  }

  /// Caps the norms of a block's rows, once all of them are stepped.
  func project(_ block: ParameterBlocks.Block) {
    guard let maxNorm, block.role == .weight else { return }
    maxNorm.project(
      parameters.base + block.elements.lowerBound, count: block.elements.count / block.columns,
      columns: block.columns)
  }

  /// Moves the average towards some parameters.
  func moveAverage(_ elements: Range<Int>) {
    guard let average, let averageDecay else { return }
    let mean = average.base + elements.lowerBound
    let values = parameters.base + elements.lowerBound
    let share = Float(1 - averageDecay)
    for i in 0..<elements.count { mean[i] += share * (values[i] - mean[i]) }
  }
}
