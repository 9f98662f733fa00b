import Foundation

@testable import MillraceExport

/// Evaluates a graph in double precision, slowly, by the words of the operators' specification.
///
/// Source: https://onnx.ai/onnx/operators/.
struct ONNXEvaluator {
  typealias Tensor = ONNXTensor

  struct Unknown: Error { let what: String }

  private var values: [String: Tensor] = [:]
  private let graph: ONNXGraphProto

  init(_ graph: ONNXGraphProto) throws {
    self.graph = graph
    for tensor in graph.initializer {
      let shape = tensor.dims.map(Int.init)
      let kind = ONNXTensorProto.DataType(rawValue: Int(tensor.dataType)) ?? .undefined
      let numbers: [Double] =
        switch kind {
        case .float: tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Float.self).map(Double.init) }
        case .double: tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Double.self).map { $0 } }
        case .int64: tensor.rawData.withUnsafeBytes { $0.bindMemory(to: Int64.self).map(Double.init) }
        default: throw Unknown(what: "type \(tensor.dataType)")
        }
      precondition(numbers.count == shape.reduce(1, *), "\(tensor.name) has another size than its shape")
      values[tensor.name] = Tensor(shape: shape, values: numbers, kind: kind)
    }
  }

  /// The graph's output for its input.
  mutating func run(_ input: Tensor) throws -> Tensor {
    values[graph.input[0].name] = input
    for node in graph.node {
      values[node.output[0]] = try result(of: node)
    }
    return try value(graph.output[0].name)
  }

  private func value(_ name: String) throws -> Tensor {
    guard let value = values[name] else { throw Unknown(what: "value \(name)") }
    return value
  }

  private func result(of node: ONNXNodeProto) throws -> Tensor {
    let inputs = try node.input.map { try value($0) }
    let x = inputs[0]
    let attributes = Dictionary(uniqueKeysWithValues: node.attribute.map { ($0.name, $0) })
    func number(_ name: String) -> Double { Double(attributes[name]?.f ?? .nan) }
    func map(_ f: (Double) -> Double) -> Tensor { x.map(f) }
    if let f = Self.arithmetic[node.opType] {
      // Types do not mix.
      guard x.kind == inputs[1].kind else { throw Unknown(what: "\(node.name) of two types") }
      let isWhole = x.isWhole && node.opType == "Div"
      return try x.combined(with: inputs[1]) { isWhole ? (f($0, $1)).rounded(.towardZero) : f($0, $1) }
    }
    if let f = Self.comparisons[node.opType] {
      guard x.kind == inputs[1].kind else { throw Unknown(what: "\(node.name) of two types") }
      return try x.combined(with: inputs[1], kind: .undefined) { f($0, $1) ? 1 : 0 }
    }
    switch node.opType {
    case "Log": return map(log)
    case "Abs": return map(abs)
    case "Floor": return map { $0.rounded(.down) }
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
        shape: inputs[1].values.enumerated().map { $1 == 0 ? x.shape[$0] : Int($1) }, values: x.values,
        kind: x.kind)
    case "Gemm": return product(x, inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)
    case "MatMul":
      guard x.kind == inputs[1].kind else { throw Unknown(what: "\(node.name) of two types") }
      return try x.multiplied(by: inputs[1])
    case "Conv": return convolution(x, inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, attributes)
    case "MaxPool":
      return windows(x, attributes) { values in values.max() ?? .nan }
    case "AveragePool":
      return windows(x, attributes) { values in values.reduce(0, +) / Double(values.count) }
    case "GlobalAveragePool":
      let plane = x.shape[2] * x.shape[3]
      return Tensor(
        shape: [x.shape[0], x.shape[1], 1, 1],
        values: stride(from: 0, to: x.values.count, by: plane).map { start in
          x.values[start..<start + plane].reduce(0, +) / Double(plane)
        })
    case "BatchNormalization":
      return mapColumns(x) { column, value in
        (value - inputs[3].values[column]) / (inputs[4].values[column] + number("epsilon")).squareRoot()
          * inputs[1].values[column] + inputs[2].values[column]
      }
    case "ReduceMax" where attributes["axes"] != nil:
      precondition(attributes["axes"]?.ints == [1] && attributes["keepdims"]?.i == 0)
      let (pieces, units) = (x.shape[1], x.shape[2])
      return Tensor(
        shape: [x.shape[0], units],
        values: (0..<x.shape[0] * units).map { i in
          (0..<pieces).map { x.values[(i / units * pieces + $0) * units + i % units] }.max() ?? .nan
        })
    case "ReduceMax":
      precondition(attributes["keepdims"]?.i == 0)
      return Tensor(shape: [], values: [x.values.max() ?? .nan], kind: x.kind)
    case "ReduceSum":
      return x.summed(over: inputs[1].wholes, keepsAxes: attributes["keepdims"]?.i == 1)
    case "Softmax":
      let columns = x.shape[1]
      var result = x
      for row in 0..<x.shape[0] {
        let terms = x.values[row * columns..<(row + 1) * columns].map(exp)
        for i in 0..<columns { result.values[row * columns + i] = terms[i] / terms.reduce(0, +) }
      }
      return result
    case "Shape": return Tensor(wholes: x.shape)
    case "Gather":
      precondition(x.shape.count == 1 && inputs[1].shape.isEmpty)
      return Tensor(shape: [], values: [x.values[inputs[1].wholes[0]]], kind: x.kind)
    case "Cast":
      let kind = attributes["to"].flatMap { ONNXTensorProto.DataType(rawValue: Int($0.i)) } ?? .undefined
      var result = x.map { kind == .int64 ? $0.rounded(.towardZero) : $0 }
      result.kind = kind
      return result
    case "Range":
      let numbers = inputs.map { $0.wholes[0] }
      return Tensor(wholes: Array(stride(from: numbers[0], to: numbers[1], by: numbers[2])))
    case "Unsqueeze":
      var shape = x.shape
      for axis in inputs[1].wholes.sorted() { shape.insert(1, at: axis) }
      return Tensor(shape: shape, values: x.values, kind: x.kind)
    case "Concat":
      precondition(inputs.allSatisfy { $0.shape.count == 1 && $0.kind == x.kind })
      return Tensor(wholes: inputs.flatMap(\.wholes))
    case "Where":
      let (a, b) = (inputs[1], inputs[2])
      guard a.kind == b.kind, x.kind == .undefined else { throw Unknown(what: "\(node.name) of two types") }
      let chosen = try x.combined(with: a, kind: a.kind) { $0 == 1 ? $1 : .infinity }
      return try chosen.combined(with: b) { $0 == .infinity ? $1 : $0 }
    case "Pad":
      let pads = inputs[1].wholes
      precondition(pads.prefix(x.shape.count).allSatisfy { $0 == 0 }, "only at the end")
      return x.padded(by: Array(pads.suffix(x.shape.count)))
    case "Transpose":
      return x.transposed((attributes["perm"]?.ints ?? []).map(Int.init))
    default: throw Unknown(what: "operator \(node.opType)")
    }
  }

  private static let arithmetic: [String: @Sendable (Double, Double) -> Double] = [
    "Add": { $0 + $1 }, "Sub": { $0 - $1 }, "Mul": { $0 * $1 }, "Div": { $0 / $1 },
    "Min": { Swift.min($0, $1) }, "Max": { Swift.max($0, $1) },
    // The sign is the divisor's.
    "Mod": { $0 - $1 * ($0 / $1).rounded(.down) },
  ]

  private static let comparisons: [String: @Sendable (Double, Double) -> Bool] = [
    "Less": { $0 < $1 }, "Greater": { $0 > $1 }, "GreaterOrEqual": { $0 >= $1 }, "Equal": { $0 == $1 },
    "And": { $0 == 1 && $1 == 1 }, "Or": { $0 == 1 || $1 == 1 },
  ]

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
    let plane = x.shape.dropFirst(2).reduce(1, *)
    return Tensor(shape: x.shape, values: x.values.enumerated().map { f($0 / plane % x.shape[1], $1) })
  }

  /// Weights of (channels, channels of the input, height, width); zeros beyond the borders.
  private func convolution(
    _ x: Tensor, _ w: Tensor, bias: Tensor?, _ attributes: [String: ONNXAttributeProto]
  ) -> Tensor {
    let step = Int(attributes["strides"]?.ints[0] ?? 1)
    let border = Int(attributes["pads"]?.ints[0] ?? 0)
    let (kernel, inputs) = (w.shape[2], w.shape[1])
    let (height, width) = (x.shape[2], x.shape[3])
    let sides = [height, width].map { ($0 + 2 * border - kernel) / step + 1 }
    var result = Tensor(shape: [x.shape[0], w.shape[0]] + sides, values: [])
    for sample in 0..<x.shape[0] {
      for unit in 0..<w.shape[0] {
        for row in 0..<sides[0] {
          for column in 0..<sides[1] {
            var sum = bias?.values[unit] ?? 0
            for channel in 0..<inputs {
              for i in 0..<kernel {
                for j in 0..<kernel {
                  let (y, z) = (row * step + i - border, column * step + j - border)
                  guard (0..<height).contains(y), (0..<width).contains(z) else { continue }
                  sum +=
                    x.values[((sample * inputs + channel) * height + y) * width + z]
                    * w.values[((unit * inputs + channel) * kernel + i) * kernel + j]
                }
              }
            }
            result.values.append(sum)
          }
        }
      }
    }
    return result
  }

  /// What becomes of the windows of each plane, side by side.
  private func windows(
    _ x: Tensor, _ attributes: [String: ONNXAttributeProto], _ f: ([Double]) -> Double
  ) -> Tensor {
    let side = Int(attributes["kernel_shape"]?.ints[0] ?? 1)
    precondition(attributes["strides"]?.ints == attributes["kernel_shape"]?.ints)
    let (height, width) = (x.shape[2], x.shape[3])
    var result = Tensor(shape: [x.shape[0], x.shape[1], height / side, width / side], values: [])
    for plane in 0..<x.shape[0] * x.shape[1] {
      for row in 0..<height / side {
        for column in 0..<width / side {
          result.values.append(
            f(
              (0..<side * side).map {
                x.values[(plane * height + row * side + $0 / side) * width + column * side + $0 % side]
              }))
        }
      }
    }
    return result
  }
}
