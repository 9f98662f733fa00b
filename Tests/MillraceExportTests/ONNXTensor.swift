@testable import MillraceExport

/// A value of a graph, in double precision whatever its type is.
struct ONNXTensor {
  var shape: [Int]
  var values: [Double]
  /// Its elements' type, with which no other mixes; undefined where they are true (1) or false (0).
  var kind = ONNXTensorProto.DataType.float

  var isWhole: Bool { kind == .int64 }
  /// The elements as whole numbers.
  var wholes: [Int] { values.map { Int($0) } }

  init(shape: [Int], values: [Double], kind: ONNXTensorProto.DataType = .float) {
    (self.shape, self.values, self.kind) = (shape, values, kind)
  }

  init(wholes: [Int]) { self.init(shape: [wholes.count], values: wholes.map(Double.init), kind: .int64) }

  func map(_ f: (Double) -> Double) -> ONNXTensor {
    ONNXTensor(shape: shape, values: values.map(f), kind: kind)
  }

  /// By how many elements each axis of a shape steps.
  private static func strides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  /// The elements as those of a larger shape, to which axes of one element are repeated.
  private func broadcast(to target: [Int]) -> [Double] {
    let own = Array(repeating: 1, count: target.count - shape.count) + shape
    let (strides, places) = (Self.strides(own), Self.strides(target))
    return (0..<target.reduce(1, *)).map { index in
      var place = 0
      for axis in target.indices where own[axis] > 1 {
        place += index / places[axis] % target[axis] * strides[axis]
      }
      return values[place]
    }
  }

  func combined(
    with other: ONNXTensor, kind: ONNXTensorProto.DataType? = nil, _ f: (Double, Double) -> Double
  ) throws -> ONNXTensor {
    let count = max(shape.count, other.shape.count)
    let (a, b) = (
      Array(repeating: 1, count: count - shape.count) + shape,
      Array(repeating: 1, count: count - other.shape.count) + other.shape
    )
    guard zip(a, b).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw ONNXEvaluator.Unknown(what: "shapes \(shape) and \(other.shape)")
    }
    let target = zip(a, b).map { $0 == 1 ? $1 : $0 }
    return ONNXTensor(
      shape: target, values: zip(broadcast(to: target), other.broadcast(to: target)).map(f),
      kind: kind ?? self.kind)
  }

  /// The matrix product over the last two axes; those before are repeated.
  func multiplied(by other: ONNXTensor) throws -> ONNXTensor {
    let (rows, inner, columns) = (
      shape[shape.count - 2], shape[shape.count - 1], other.shape[other.shape.count - 1]
    )
    guard other.shape[other.shape.count - 2] == inner else {
      throw ONNXEvaluator.Unknown(what: "product of \(shape) and \(other.shape)")
    }
    let outer = Array(shape.count >= other.shape.count ? shape.dropLast(2) : other.shape.dropLast(2))
    let (left, right) = (
      broadcast(to: outer + [rows, inner]), other.broadcast(to: outer + [inner, columns])
    )
    var result = ONNXTensor(shape: outer + [rows, columns], values: [], kind: kind)
    for matrix in 0..<outer.reduce(1, *) {
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for i in 0..<inner {
            sum += left[(matrix * rows + row) * inner + i] * right[(matrix * inner + i) * columns + column]
          }
          result.values.append(sum)
        }
      }
    }
    return result
  }

  func summed(over axes: [Int], keepsAxes: Bool) -> ONNXTensor {
    let kept = shape.enumerated().map { axes.contains($0) ? 1 : $1 }
    let (strides, places) = (Self.strides(kept), Self.strides(shape))
    var sums = Array(repeating: 0.0, count: kept.reduce(1, *))
    for (index, value) in values.enumerated() {
      var place = 0
      for axis in shape.indices where kept[axis] > 1 {
        place += index / places[axis] % shape[axis] * strides[axis]
      }
      sums[place] += value
    }
    return ONNXTensor(
      shape: keepsAxes ? kept : shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element),
      values: sums, kind: kind)
  }

  func transposed(_ order: [Int]) -> ONNXTensor {
    let target = order.map { shape[$0] }
    let (strides, places) = (Self.strides(shape), Self.strides(target))
    return ONNXTensor(
      shape: target,
      values: values.indices.map { index in
        var place = 0
        for axis in target.indices { place += index / places[axis] % target[axis] * strides[order[axis]] }
        return values[place]
      }, kind: kind)
  }

  /// Zeros behind the elements of each axis.
  func padded(by counts: [Int]) -> ONNXTensor {
    let target = zip(shape, counts).map { $0 + $1 }
    let (strides, places) = (Self.strides(shape), Self.strides(target))
    return ONNXTensor(
      shape: target,
      values: (0..<target.reduce(1, *)).map { index in
        var place = 0
        for axis in target.indices {
          let position = index / places[axis] % target[axis]
          if position >= shape[axis] { return 0 }
          place += position * strides[axis]
        }
        return values[place]
      }, kind: kind)
  }
}
