import Foundation

@testable import MillraceExport

/// Evaluates a graph in double precision, slowly, by the words of the operators' specification.
///
/// Source: https://onnx.ai/onnx/operators/.
struct ONNXEvaluator {
  /// A value of a graph.
  struct Tensor {
    var shape: [Int]
    var values: [Double]
    /// Whether the elements are whole numbers, which arithmetic does not mix with others.
    var isWhole = false
  }

  private struct Unknown: Error { let what: String }

  private var values: [String: Tensor] = [:]
  private let graph: ONNXGraphProto

  init(_ graph: ONNXGraphProto) throws {
    self.graph = graph
    for tensor in graph.initializer {
      let shape = tensor.dims.map(Int.init)
      let numbers: [Double] =
        switch Int(tensor.dataType) {
        case ONNXTensorProto.DataType.float.rawValue:
          tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Float.self).map(Double.init) }
        case ONNXTensorProto.DataType.int64.rawValue:
          tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Int64.self).map(Double.init) }
        default: throw Unknown(what: "type \(tensor.dataType)")
        }
      precondition(numbers.count == shape.reduce(1, *), "\(tensor.name) has another size than its shape")
      values[tensor.name] = Tensor(
        shape: shape, values: numbers,
        isWhole: Int(tensor.dataType) == ONNXTensorProto.DataType.int64.rawValue)
    }
  }

  /// The graph's output for its input.
  mutating func run(_ input: Tensor) throws -> Tensor {
    values[graph.input[0].name] = input
    for node in graph.node { values[node.output[0]] = try result(of: node) }
    return try value(graph.output[0].name)
  }

  private func value(_ name: String) throws -> Tensor {
    guard let value = values[name] else { throw Unknown(what: "value \(name)") }
    return value
  }

  private func result(of node: ONNXNodeProto) throws -> Tensor {
    let inputs = try node.input.map { try value($0) }
    let x = inputs[0]
    guard node.opType == "Reshape" || !inputs.contains(where: \.isWhole) else {
      throw Unknown(what: "\(node.opType) of whole numbers")
    }
    let attributes = Dictionary(uniqueKeysWithValues: node.attribute.map { ($0.name, $0) })
    func number(_ name: String) -> Double { Double(attributes[name]?.f ?? .nan) }
    func map(_ f: (Double) -> Double) -> Tensor { Tensor(shape: x.shape, values: x.values.map(f)) }
    switch node.opType {
    case "Add": return broadcast(x, inputs[1], +)
    case "Div": return broadcast(x, inputs[1], /)
    case "Log": return map(log)
    case "Mul": return broadcast(x, inputs[1], *)
    case "Identity": return x
    case "Mean":
      precondition(inputs.allSatisfy { $0.shape == x.shape })
      return Tensor(
        shape: x.shape,
        values: x.values.indices.map { i in
          inputs.reduce(0) { $0 + $1.values[i] } / Double(inputs.count)
        })
    case "Relu": return map { max(0, $0) }
    case "LeakyRelu": return map { $0 < 0 ? number("alpha") * $0 : $0 }
    case "Elu": return map { $0 < 0 ? number("alpha") * (exp($0) - 1) : $0 }
    case "Selu":
      return map { number("gamma") * ($0 <= 0 ? number("alpha") * (exp($0) - 1) : $0) }
    case "Sigmoid": return map { 1 / (1 + exp(-$0)) }
    case "Tanh": return map(tanh)
    case "Erf": return map(erf)
    case "Flatten": return Tensor(shape: [x.shape[0], x.values.count / x.shape[0]], values: x.values)
    case "Reshape":
      return Tensor(
        shape: inputs[1].values.enumerated().map { $1 == 0 ? x.shape[$0] : Int($1) }, values: x.values)
    case "Gemm": return product(x, inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)
    case "BatchNormalization":
      return mapColumns(x) { column, value in
        (value - inputs[3].values[column]) / (inputs[4].values[column] + number("epsilon")).squareRoot()
          * inputs[1].values[column] + inputs[2].values[column]
      }
    case "ReduceMax":
      precondition(attributes["axes"]?.ints == [1] && attributes["keepdims"]?.i == 0)
      let (pieces, units) = (x.shape[1], x.shape[2])
      return Tensor(
        shape: [x.shape[0], units],
        values: (0..<x.shape[0] * units).map { i in
          (0..<pieces).map { x.values[(i / units * pieces + $0) * units + i % units] }.max() ?? .nan
        })
    case "Softmax":
      let columns = x.shape[1]
      var result = x
      for row in 0..<x.shape[0] {
        let terms = x.values[row * columns..<(row + 1) * columns].map(exp)
        for i in 0..<columns { result.values[row * columns + i] = terms[i] / terms.reduce(0, +) }
      }
      return result
    default: throw Unknown(what: "operator \(node.opType)")
    }
  }

  /// Computes x · wᵀ + bias.
  private func product(_ x: Tensor, _ w: Tensor, bias: Tensor?) -> Tensor {
    let (rows, inner, columns) = (x.shape[0], x.shape[1], w.shape[0])
    precondition(w.shape[1] == inner)
    var result = Tensor(shape: [rows, columns], values: [])
    for row in 0..<rows {
      for column in 0..<columns {
        let sum = (0..<inner).reduce(0.0) { $0 + x.values[row * inner + $1] * w.values[column * inner + $1] }
        result.values.append(sum + (bias?.values[column] ?? 0))
      }
    }
    return result
  }

  private func mapColumns(_ x: Tensor, _ f: (Int, Double) -> Double) -> Tensor {
    Tensor(shape: x.shape, values: x.values.enumerated().map { f($0 % x.shape[1], $1) })
  }

  /// Combines scalars, equal shapes, and one value for each channel.
  private func broadcast(_ a: Tensor, _ b: Tensor, _ f: (Double, Double) -> Double) -> Tensor {
    if b.shape == a.shape { return Tensor(shape: a.shape, values: zip(a.values, b.values).map(f)) }
    if b.shape.isEmpty { return Tensor(shape: a.shape, values: a.values.map { f($0, b.values[0]) }) }
    precondition(a.shape.count == 4 && b.shape == [1, a.shape[1], 1, 1], "no broadcast of \(b.shape)")
    let plane = a.shape[2] * a.shape[3]
    return Tensor(
      shape: a.shape,
      values: a.values.enumerated().map { f($1, b.values[$0 / plane % a.shape[1]]) })
  }
}
