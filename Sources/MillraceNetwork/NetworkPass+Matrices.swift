// What of a pass is computed by rows of weight matrices, which may be shared out among threads and processes.
extension NetworkPass {
  /// Multiplies some rows that are ahead with the input, once a pass has begun and before its first stage.
  ///
  /// Any thread may call it, and several at once for different rows.
  ///
  /// - Parameters:
  ///   - rows: Some of ``Network/weightRows`` that are ahead.
  ///   - parameters: The network's flat vector.
  package func writeProduct(ahead rows: WeightRows, parameters: UnsafePointer<Float>) {
    precondition(rows.isAhead, "the products of layer \(rows.layer) follow from what comes before it")
    writeProduct(rows, parameters)
  }

  /// Multiplies all rows that are ahead.
  package func writeProductsAhead(parameters: UnsafePointer<Float>) {
    for rows in network.weightRows where rows.isAhead { writeProduct(rows, parameters) }
  }

  /// Where the product of some units goes, (units, rows), if somebody else computes it ahead: a ``SharedRowsPass``. Once a
  /// pass has begun.
  ///
  /// - Parameters:
  ///   - rows: Any rows of the matrix.
  ///   - units: The units.
  package func product(of rows: WeightRows, units: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    let product = matrix(rows).product(of: units, rows: self.rows)
    return UnsafeMutableBufferPointer(start: product.base, count: product.rows * product.columns)
  }

  /// Copies the gradient of the loss with respect to the product of some units, for the one who computes that of their
  /// weights. Once the last stage is through and before the next pass.
  ///
  /// - Parameters:
  ///   - rows: Any rows of the matrix.
  ///   - units: The units.
  ///   - copy: (rows, units).
  package func copyProductGradient(
    of rows: WeightRows, units: Range<Int>, into copy: UnsafeMutablePointer<Float>
  ) {
    let gradient = productGradient(rows)
    for row in 0..<gradient.rows {
      (copy + row * units.count).update(from: gradient.row(row) + units.lowerBound, count: units.count)
    }
  }

  /// Writes the gradient of some rows of a weight matrix, once the last stage is through and before the next pass.
  ///
  /// Any thread may call it, and several at once for different rows.
  ///
  /// - Parameters:
  ///   - rows: One of ``Network/weightRows``.
  ///   - gradient: Where it goes, one row after another.
  package func writeWeightGradient(_ rows: WeightRows, into gradient: UnsafeMutablePointer<Float>) {
    let columns = rows.columns(of: rows.tiles.indices)
    writeWeightGradient(
      rows, tiles: rows.tiles.indices,
      into: Matrix(base: gradient, rows: rows.units.count, columns: columns.count))
  }

  /// Writes some tiles of it.
  ///
  /// - Parameters:
  ///   - rows: One of ``Network/weightRows``.
  ///   - tiles: Neighbours among their tiles.
  ///   - gradient: (the rows, the columns of these tiles).
  package func writeWeightGradient(_ rows: WeightRows, tiles: Range<Int>, into gradient: Matrix) {
    network.writeWeightGradient(
      rows, units: rows.units, tiles: tiles, operand: operand(rows), productGradient: productGradient(rows),
      into: gradient)
  }

  func writeProduct(_ rows: WeightRows, _ parameters: UnsafePointer<Float>) {
    network.writeProduct(
      rows, operand: operand(rows), parameters: parameters,
      into: matrix(rows).product(of: rows.units, rows: self.rows))
  }

  private func operand(_ rows: WeightRows) -> Matrix {
    let matrix = matrix(rows)
    return matrix.operandStart == nil ? input(of: rows.layer) : matrix.operand(rows: self.rows)
  }

  private func productGradient(_ rows: WeightRows) -> Matrix {
    let matrix = matrix(rows)
    return matrix.gradientStart == nil ? gradient(rows.layer) : matrix.gradient(rows: self.rows)
  }
}

extension Network {
  /// Multiplies some rows of a weight matrix: the same products, and the same bits, whoever computes which of them.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - operand: What they are multiplied with.
  ///   - parameters: The flat vector; these rows alone are read.
  ///   - product: (the rows, rows of the operand).
  func writeProduct(
    _ rows: WeightRows, operand: Matrix, parameters: UnsafePointer<Float>, into product: Matrix
  ) {
    // The product is computed as W · operandᵀ: what lies transposed on the right is taken apart, and W is the larger one.
    // Its pointer is mutable only because a matrix's is: nothing writes through it.
    let weights = Matrix(
      base: UnsafeMutablePointer(mutating: parameters) + rows.elements.lowerBound, rows: rows.units.count,
      columns: rows.inputs)
    kernel.multiply(weights, transposed: operand, into: product)
  }

  /// Writes the gradient of some tiles, each in a product of its own: whoever computes which of them, the bits are the same.
  ///
  /// - Parameters:
  ///   - rows: The rows of the weight matrix.
  ///   - units: The columns of the product's gradient that are theirs.
  ///   - tiles: Neighbours among their tiles.
  ///   - operand: What they were multiplied with.
  ///   - productGradient: As the layer's backward pass has left it.
  ///   - gradient: (the rows, the columns of these tiles).
  func writeWeightGradient(
    _ rows: WeightRows, units: Range<Int>, tiles: Range<Int>, operand: Matrix, productGradient: Matrix,
    into gradient: Matrix
  ) {
    let start = rows.tiles[tiles.lowerBound].lowerBound
    for tile in tiles {
      let columns = rows.tiles[tile]
      kernel.multiply(
        transposed: productGradient, columns: units, operand.slice(columns: columns),
        into: gradient.slice(columns: columns.lowerBound - start..<columns.upperBound - start))
    }
  }
}
