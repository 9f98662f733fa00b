public import MillraceRandom

/// One layer of a feedforward network: pure numerics over borrowed memory.
///
/// A layer owns no parameters. It describes them, and sees its slice of the network's flat parameter and
/// gradient vectors. It may be used from many threads at once, each with memory of its own.
public protocol Layer: Sendable {
  /// The word for this kind of layer in names of parameters and in messages.
  var name: String { get }
  /// The columns of the layer's input.
  var inputCount: Int { get }
  /// The columns of the layer's output.
  var outputCount: Int { get }
  /// The tensors of the layer's slice, in order and without gaps; those that are matrices of products come
  /// first.
  var parameters: [ParameterDescription] { get }
  /// The Floats that the layer keeps from its forward to its backward pass.
  ///
  /// - Parameters:
  ///   - rows: The most rows of a pass.
  ///   - training: Whether the layer is learned from. A layer that is only used needs what one pass forward needs.
  func scratchCount(rows: Int, training: Bool) -> Int
  /// The multiplications of weights and values that a sample's pass forward takes; for benchmarks.
  var multiplicationsPerSample: Int { get }

  /// Writes the initial values of the parameters.
  ///
  /// - Parameters:
  ///   - values: The layer's slice.
  ///   - random: A stream of this layer alone.
  func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom)

  /// Writes what a matrix is multiplied with into ``LayerContext/operand(_:)``, where that is not the layer's input.
  ///
  /// Products come in the matrices' order: those of the matrices before are there.
  ///
  /// - Parameters:
  ///   - matrix: Its number among the layer's matrices.
  ///   - input: (rows, inputCount).
  ///   - parameters: The layer's slice.
  ///   - context: The pass under way.
  func writeOperand(
    of matrix: Int, _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext)

  /// output ← f(input), once the products of all matrices are there: ``LayerContext/product(_:)``.
  ///
  /// - Parameters:
  ///   - input: (rows, inputCount).
  ///   - output: (rows, outputCount); every element is written.
  ///   - parameters: The layer's slice.
  ///   - context: The pass under way.
  func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext)

  /// Writes the gradients of the loss with respect to the parameters, but for matrices, and, where asked, to the input; and
  /// what the gradients of the matrices follow from.
  ///
  /// - Parameters:
  ///   - input: The input of the forward pass.
  ///   - output: Its output.
  ///   - outputGradient: (rows, outputCount); used as scratch. What it leaves there is the gradient
  ///     of the products of a matrix that says so; of others it is written into ``LayerContext/productGradient(_:)``.
  ///   - inputGradient: (rows, inputCount), or nil where nobody needs it (the first layer that is learned).
  ///   - parameters: The layer's slice.
  ///   - gradient: The gradient of the layer's parameters after its matrices; every element of what is not fixed is written.
  ///   - context: The context of the forward pass.
  func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext)
}

extension Layer {
  /// None: a layer that learns nothing of its own.
  public var parameters: [ParameterDescription] { [] }

  /// Nothing is kept.
  public func scratchCount(rows: Int, training: Bool) -> Int { 0 }

  /// Writes nothing: a layer without parameters.
  public func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    precondition(
      parameters.isEmpty, "a layer of the kind \(name) has parameters and does not say how they begin")
  }

  /// Those of the layer's matrices.
  public var multiplicationsPerSample: Int {
    parameters.reduce(0) { $0 + $1.count * ($1.matrix?.parts ?? 0) }
  }

  /// Writes nothing: a layer whose matrices are multiplied with its input, or that has none.
  public func writeOperand(
    of matrix: Int, _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {}
}

/// What a layer may know of the pass that it takes part in.
public struct LayerContext {
  /// Whether a minibatch is learned from; otherwise a network is used.
  public let isTraining: Bool
  /// The layer's place in the network, for random numbers of its own.
  public let layer: Int
  /// `scratchCount(rows:training:)` Floats that stay as they are from forward to backward.
  public let scratch: UnsafeMutablePointer<Float>
  /// The samples of the rows.
  public let samples: SampleKeys
  /// The rows of the whole minibatch, of which the pass sees one shard.
  public let minibatchCount: Int
  /// In training, a ``SynchronizedLayer``'s sums over the whole minibatch; empty for others.
  public let sums: UnsafeBufferPointer<Double>
  /// The rows of the pass.
  let rows: Int
  let matrices: [MatrixMemory]

  /// What a matrix is multiplied with where that is not the layer's input: (rows · parts, inputs), a sample's parts one
  /// after another.
  public func operand(_ matrix: Int = 0) -> Matrix { matrices[matrix].operand(rows: rows) }
  /// The product of a matrix: (units, rows · parts).
  public func product(_ matrix: Int = 0) -> Matrix { matrices[matrix].product(rows: rows) }
  /// The gradient of the loss with respect to a product, the other way round: (rows · parts, units). In training, and
  /// where ``WeightMatrix/gradient`` says that it is not the output's.
  public func productGradient(_ matrix: Int = 0) -> Matrix { matrices[matrix].gradient(rows: rows) }
}

/// What the random numbers of a pass follow from: the seed, the epoch, and each row's sample and turn.
public struct SampleKeys {
  /// The run's seed.
  public let seed: UInt64
  /// The epoch.
  public let epoch: Int
  /// The index of each row's sample in its data set; nil: the rows' own numbers.
  public let indices: UnsafePointer<Int32>?
  /// How often the epoch has visited each row's sample before; nil: never.
  public let turns: UnsafePointer<Int32>?

  /// Names the samples of a pass.
  public init(
    seed: UInt64, epoch: Int, indices: UnsafePointer<Int32>?, turns: UnsafePointer<Int32>? = nil
  ) {
    self.seed = seed
    self.epoch = epoch
    self.indices = indices
    self.turns = turns
  }

  /// For passes in which nothing is random.
  public static var none: SampleKeys { SampleKeys(seed: 0, epoch: 0, indices: nil) }

  /// The sample of a row.
  func index(ofRow row: Int) -> Int { indices.map { Int($0[row]) } ?? row }

  /// How often the epoch has visited a row's sample before.
  func turn(ofRow row: Int) -> Int { turns.map { Int($0[row]) } ?? 0 }

  /// The keys from a row on.
  public func advanced(by row: Int) -> SampleKeys {
    SampleKeys(
      seed: seed, epoch: epoch, indices: indices.map { $0 + row }, turns: turns.map { $0 + row })
  }
}

/// A layer that needs sums over the whole minibatch, of which a pass sees only a shard.
///
/// Each shard adds up its rows; the sums of all shards are added in a fixed order and handed to every shard in
/// ``LayerContext/sums``.
public protocol SynchronizedLayer: Layer {
  /// The number of sums, the same forward and backward; 0 where this layer needs none after all.
  var sumCount: Int { get }
  /// Writes a shard's sums before its forward pass; may leave in its scratch what that goes on from.
  func sumForward(
    _ input: Matrix, parameters: UnsafePointer<Float>, context: LayerContext,
    into sums: UnsafeMutablePointer<Double>)
  /// Writes a shard's sums before its backward pass; may change `outputGradient` as its backward pass expects.
  func sumBackward(
    input: Matrix, output: Matrix, outputGradient: Matrix, parameters: UnsafePointer<Float>,
    context: LayerContext, into sums: UnsafeMutablePointer<Double>)
}
