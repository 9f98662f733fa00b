import MillraceVectors

/// What one process does for a shard of another: some units of a weight matrix that is
/// ahead, whose rows it alone keeps up to date.
///
/// It multiplies their rows with the shard's inputs, hands the product to whoever runs the shard's ``NetworkPass``, and gets
/// back the gradient of the loss with respect to it, from which that of their weights follows. Which rows take part in one product is what ``Network/weightRows`` say, so the bits are those of a pass that
/// computes them itself.
package final class SharedRowsPass {
  private let network: Network
  private let units: Range<Int>
  private let productMemory: UnsafeMutablePointer<Float>
  private let gradientMemory: UnsafeMutablePointer<Float>
  /// The bytes that are held.
  package let byteCount: Int

  /// Allocates the memory.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - units: The units, all those of some of ``Network/weightRows`` that are ahead.
  ///   - capacity: The most rows of a shard.
  package init(network: Network, units: Range<Int>, capacity: Int) {
    self.network = network
    self.units = units
    let count = capacity * units.count
    byteCount = 2 * count * MemoryLayout<Float>.stride
    productMemory = LargeMemory.allocate(count)
    gradientMemory = LargeMemory.allocate(count)
  }

  deinit {
    LargeMemory.deallocate(productMemory)
    LargeMemory.deallocate(gradientMemory)
  }

  /// Multiplies some rows of the weight matrix with the inputs. Several threads may, for different rows.
  ///
  /// - Parameters:
  ///   - rows: Some of ``Network/weightRows``, of these units.
  ///   - input: The shard's, (rows, inputCount).
  ///   - parameters: The network's flat vector; these rows alone are read.
  package func writeProduct(_ rows: WeightRows, _ input: Matrix, parameters: UnsafePointer<Float>) {
    let place = rows.units.lowerBound - units.lowerBound
    network.writeProduct(
      rows, operand: input, parameters: parameters,
      into: Matrix(
        base: productMemory + place * input.rows, rows: rows.units.count, columns: input.rows))
  }

  /// The product, (units, rows): what ``NetworkPass/product(of:units:)`` has to hold.
  ///
  /// - Parameter rows: Those of the shard.
  package func product(rows: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: productMemory, count: rows * units.count)
  }

  /// Where the gradient of the product goes, (rows, units): what ``NetworkPass/copyProductGradient(of:units:into:)`` gives.
  ///
  /// - Parameter rows: Those of the shard.
  package func productGradient(rows: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: gradientMemory, count: rows * units.count)
  }

  /// Writes the gradient of some rows of the weight matrix, once that of the product is there. Several threads may, for
  /// different rows.
  ///
  /// - Parameters:
  ///   - rows: Some of ``Network/weightRows``, of these units.
  ///   - tiles: Neighbours among their tiles.
  ///   - input: The shard's, (rows, inputCount).
  ///   - gradient: (the rows of the matrix, the columns of these tiles).
  package func writeWeightGradient(
    _ rows: WeightRows, tiles: Range<Int>, _ input: Matrix, into gradient: Matrix
  ) {
    let place = rows.units.lowerBound - units.lowerBound
    network.writeWeightGradient(
      rows, units: place..<place + rows.units.count, tiles: tiles, operand: input,
      productGradient: Matrix(base: gradientMemory, rows: input.rows, columns: units.count), into: gradient)
  }
}
