import Millrace

/// Units with a gate each: output = max(0, G·x) · (W·x).
///
/// Source: Shazeer, "GLU variants improve transformer", 2020, who calls it ReGLU.
struct GatedUnits: Layer {
  let inputCount: Int
  let outputCount: Int

  var name: String { "gated" }

  // Two weight matrices that take the input as it stands. Who multiplies them, and on which thread, is not the layer's
  // business: it finds the products in the context, and leaves their gradients there.
  var parameters: [ParameterDescription] {
    ["weight", "gate"].map {
      ParameterDescription(
        name: $0, shape: [outputCount, inputCount], role: .weight, matrix: WeightMatrix(gradient: .written))
    }
  }

  func scratchCount(rows: Int, training: Bool) -> Int { 0 }

  func initialize(_ values: UnsafeMutablePointer<Float>, using random: inout KeyedRandom) {
    let deviation = (2 / Float(inputCount)).squareRoot()
    for i in 0..<2 * outputCount * inputCount { values[i] = deviation * random.normal() }
  }

  func forward(
    _ input: Matrix, into output: Matrix, parameters: UnsafePointer<Float>, context: LayerContext
  ) {
    // (units, rows)
    let (values, gates) = (context.product(0), context.product(1))
    for unit in 0..<outputCount {
      for row in 0..<output.rows {
        output.row(row)[unit] = max(0, gates.row(unit)[row]) * values.row(unit)[row]
      }
    }
  }

  func backward(
    input: Matrix, output: Matrix, outputGradient: Matrix, inputGradient: Matrix?,
    parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, context: LayerContext
  ) {
    let (values, gates) = (context.product(0), context.product(1))
    // (rows, units)
    let (ofValues, ofGates) = (context.productGradient(0), context.productGradient(1))
    for unit in 0..<outputCount {
      for row in 0..<output.rows {
        let gate = gates.row(unit)[row]
        ofValues.row(row)[unit] = outputGradient.row(row)[unit] * max(0, gate)
        ofGates.row(row)[unit] = gate > 0 ? outputGradient.row(row)[unit] * values.row(unit)[row] : 0
      }
    }
    guard let inputGradient else { return }
    let weights = UnsafeMutablePointer(mutating: parameters)
    for (number, ofProduct) in [ofValues, ofGates].enumerated() {
      let matrix = Matrix(
        base: weights + number * outputCount * inputCount, rows: outputCount, columns: inputCount)
      MatrixKernel.fast.multiply(ofProduct, matrix, into: inputGradient, accumulating: number > 0)
    }
  }
}
