import MillraceRandom
import MillraceVectors

/// Inverted dropout: in training each value is kept with probability `keep` and scaled by 1 / keep, else zero;
/// otherwise the identity.
///
/// The mask of a row follows from the seed, the epoch, the sample with its turn and the layer, so it is the same in
/// whatever shard and on whatever thread the row is computed. Where a row is of places, a mask is one of their channels: what
/// a channel says of one place it says of the next.
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", 2014; Tompson and
/// others, "Efficient object localization using convolutional networks", 2015, for channels.
public struct Dropout: Layer {
  /// The columns of the input.
  public let inputCount: Int
  /// The probability of zero, in [0, 1).
  public let rate: Double
  /// The places of a row, whose channels lie next to each other; 1: each value is dropped for itself.
  public let places: Int

  /// A uniform 16-bit number below this keeps its value.
  private let threshold: UInt32
  private let scale: Float

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - count: The columns of its input and output.
  ///   - rate: The probability of zero, in [0, 1); it is rounded to a multiple of 2⁻¹⁶.
  ///   - places: The places of a row, of which channels are dropped as a whole.
  public init(count: Int, rate: Double, places: Int = 1) {
    precondition((0..<1).contains(rate), "a dropout rate must be from 0 to below 1, got \(rate)")
    precondition(
      places > 0 && count.isMultiple(of: places), "\(places) places cannot share \(count) values evenly")
    inputCount = count
    self.places = places
    self.rate = rate
    threshold = max(1, UInt32(((1 - rate) * 65536).rounded()))
    // From the rounded probability, so that the expectation is exactly the input.
    scale = 65536 / Float(threshold)
  }

  /// The word for this kind of layer.
  public var name: String { "dropout" }
  /// The columns of the output.
  public var outputCount: Int { inputCount }

  private var channels: Int { inputCount / places }

  /// The factor of each value, or channel: 0 or 1 / keep.
  public func scratchCount(rows: Int, training: Bool) -> Int { training ? rows * channels : 0 }

  /// See ``Layer``.
  public func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    guard context.isTraining else {
      for row in 0..<input.rows { output.row(row).update(from: input.row(row), count: input.columns) }
      return
    }
    for row in 0..<input.rows {
      let factors = context.scratch + row * channels
      fillFactors(factors, row: row, context: context)
      multiply(input.row(row), factors, into: output.row(row))
    }
  }

  /// See ``Layer``.
  public func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    guard let inputGradient else { return }
    for row in 0..<input.rows {
      multiply(outputGradient.row(row), context.scratch + row * channels, into: inputGradient.row(row))
    }
  }

  private func multiply(
    _ values: UnsafePointer<Float>, _ factors: UnsafePointer<Float>,
    into products: UnsafeMutablePointer<Float>
  ) {
    for place in 0..<places {
      let first = place * channels
      MillraceVectors.multiply(values + first, factors, into: products + first, count: channels)
    }
  }

  private func fillFactors(_ factors: UnsafeMutablePointer<Float>, row: Int, context: LayerContext) {
    let keys = context.samples
    let random = KeyedBits(
      seed: keys.seed, purpose: .dropout, subpurpose: context.layer, epoch: keys.epoch,
      sample: keys.index(ofRow: row), turn: keys.turn(ofRow: row))
    // A block holds 4 words of 8 lanes; each word gives two 16-bit numbers.
    var column = 0
    var block: UInt32 = 0
    while column < channels {
      let words = random.block(block)
      block += 1
      store(words.0, at: column, of: factors)
      store(words.1, at: column + 16, of: factors)
      store(words.2, at: column + 32, of: factors)
      store(words.3, at: column + 48, of: factors)
      column += 64
    }
  }

  @inline(__always)
  private func store(_ word: SIMD8<UInt32>, at column: Int, of factors: UnsafeMutablePointer<Float>) {
    storeHalf(word & 0xFFFF, at: column, of: factors)
    storeHalf(word &>> 16, at: column + 8, of: factors)
  }

  @inline(__always)
  private func storeHalf(_ bits: SIMD8<UInt32>, at column: Int, of factors: UnsafeMutablePointer<Float>) {
    // Both sides are below 2¹⁷: the difference is negative, all its sign bits set, just where the value is kept.
    let isKept = (SIMD8<Int32>(truncatingIfNeeded: bits) &- Int32(threshold)) &>> 31
    let values = unsafeBitCast(isKept & Int32(bitPattern: scale.bitPattern), to: Lanes.self)
    if column + 8 <= channels {
      factors.store(values, at: column)
    } else if column < channels {
      for lane in 0..<channels - column { factors[column + lane] = values[lane] }
    }
  }
}
