import Foundation

/// A graph under construction: a chain of nodes, each of which takes the value that the one before it has made. Another
/// chain may begin at any value.
struct ONNXGraphBuilder {
  private(set) var graph = ONNXGraphProto()
  /// The name of the value at the chain's end.
  private(set) var current: String

  /// Begins a chain.
  init(name: String, input: String) {
    graph.name = name
    current = input
  }

  /// Lets the chain go on from a value that was made before.
  mutating func goOn(from value: String) { current = value }

  /// Adds a tensor of Floats and returns its name.
  mutating func constant(_ name: String, _ values: [Float], shape: [Int] = []) -> String {
    // The format is little-endian, as are all machines that this project builds for.
    add(name, values.withUnsafeBytes { Data($0) }, shape: shape, type: .float)
  }

  /// Adds a vector of whole numbers and returns its name.
  mutating func constant(_ name: String, integers values: [Int64]) -> String {
    add(name, values.withUnsafeBytes { Data($0) }, shape: [values.count], type: .int64)
  }

  private mutating func add(
    _ name: String, _ data: Data, shape: [Int], type: ONNXTensorProto.DataType
  ) -> String {
    var tensor = ONNXTensorProto()
    tensor.name = name
    tensor.dims = shape.map(Int64.init)
    tensor.dataType = Int32(type.rawValue)
    tensor.rawData = data
    graph.initializer.append(tensor)
    return name
  }

  /// Adds a node to the end of the chain.
  ///
  /// - Parameters:
  ///   - operation: The operator's name.
  ///   - name: The node's name, and that of the value that it makes; unique in the graph.
  ///   - others: Its inputs after the value at the chain's end.
  ///   - attributes: Its attributes.
  mutating func add(
    _ operation: String, _ name: String, _ others: [String] = [], _ attributes: [ONNXAttributeProto] = []
  ) {
    var node = ONNXNodeProto()
    node.name = name
    node.opType = operation
    node.input = [current] + others
    node.output = [name]
    node.attribute = attributes
    graph.node.append(node)
    current = name
  }

  /// The graph with its input and output.
  func finished(input: ONNXValueInfoProto, output: ONNXValueInfoProto) -> ONNXGraphProto {
    var graph = graph
    graph.input = [input]
    graph.output = [output]
    return graph
  }
}

extension ONNXAttributeProto {
  static func float(_ name: String, _ value: Float) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .float
    attribute.f = value
    return attribute
  }

  static func integer(_ name: String, _ value: Int) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .int
    attribute.i = Int64(value)
    return attribute
  }

  static func integers(_ name: String, _ values: [Int]) -> Self {
    var attribute = Self()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values.map(Int64.init)
    return attribute
  }
}

extension ONNXValueInfoProto {
  /// A tensor of Floats whose first dimension is any batch.
  init(_ name: String, batchOf shape: [Int], doc: String) {
    self.init()
    var batch = ONNXTensorShapeProto.Dimension()
    batch.dimParam = "batch"
    var tensor = ONNXTypeProto.Tensor()
    tensor.elemType = Int32(ONNXTensorProto.DataType.float.rawValue)
    tensor.shape.dim =
      [batch]
      + shape.map { size in
        var dimension = ONNXTensorShapeProto.Dimension()
        dimension.dimValue = Int64(size)
        return dimension
      }
    self.name = name
    type.tensorType = tensor
    docString = doc
  }
}
