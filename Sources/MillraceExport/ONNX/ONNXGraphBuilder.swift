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

  /// The constants that any part of the graph may use.
  private var shared: Set<String> = []

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

  /// Adds a tensor of Doubles and returns its name.
  mutating func constant(_ name: String, doubles values: [Double], shape: [Int]) -> String {
    add(name, values.withUnsafeBytes { Data($0) }, shape: shape, type: .double)
  }

  /// The name of a whole number, which is added where there is none yet.
  mutating func whole(_ value: Int) -> String {
    let name = "whole.\(value)"
    guard shared.insert(name).inserted else { return name }
    return add(name, withUnsafeBytes(of: Int64(value)) { Data($0) }, shape: [], type: .int64)
  }

  /// The name of a vector of whole numbers, such as axes, which is added where there is none yet.
  mutating func wholes(_ values: [Int]) -> String {
    let name = "wholes." + values.map(String.init).joined(separator: ".")
    guard shared.insert(name).inserted else { return name }
    return constant(name, integers: values.map(Int64.init))
  }

  /// The name of a Double, which is added where there is none yet.
  mutating func real(_ value: Double) -> String {
    let name = "real.\(value)"
    guard shared.insert(name).inserted else { return name }
    return constant(name, doubles: [value], shape: [])
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
    current = node(operation, name, [current] + others, attributes)
  }

  /// Adds a node beside the chain, which stays where it is.
  ///
  /// - Returns: The name of the value that it makes, which is the node's own.
  mutating func node(
    _ operation: String, _ name: String, _ inputs: [String], _ attributes: [ONNXAttributeProto] = []
  ) -> String {
    var node = ONNXNodeProto()
    node.name = name
    node.opType = operation
    node.input = inputs
    node.output = [name]
    node.attribute = attributes
    graph.node.append(node)
    return name
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

extension ONNXAttributeProto {
  /// What a cast makes.
  static func to(_ type: ONNXTensorProto.DataType) -> Self { .integer("to", type.rawValue) }
}

extension ONNXTensorShapeProto.Dimension {
  /// A dimension of any size.
  static func any(_ name: String) -> Self {
    var dimension = Self()
    dimension.dimParam = name
    return dimension
  }

  /// A dimension of one size.
  static func size(_ size: Int) -> Self {
    var dimension = Self()
    dimension.dimValue = Int64(size)
    return dimension
  }
}

extension ONNXValueInfoProto {
  /// What goes into a graph or comes out of it.
  init(
    _ name: String, _ type: ONNXTensorProto.DataType, _ shape: [ONNXTensorShapeProto.Dimension], doc: String
  ) {
    self.init()
    var tensor = ONNXTypeProto.Tensor()
    tensor.elemType = Int32(type.rawValue)
    tensor.shape.dim = shape
    self.name = name
    self.type.tensorType = tensor
    docString = doc
  }
}
