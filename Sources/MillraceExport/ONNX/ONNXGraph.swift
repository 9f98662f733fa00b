import MillraceModels
import MillraceNetwork

extension Model {
  /// The graph from pixels, or from a picture, to what `predict` shows.
  func onnxGraph(of input: ONNXInput) throws -> ONNXGraphProto {
    let channels = preprocessing.channels
    var builder = ONNXGraphBuilder(name: "classifier", input: input.name)
    if input == .image { builder.addPicture(preprocessing, pixels: ONNXInput.pixels.name) }
    // v / (255 · deviation) − mean / deviation, as the loader has it.
    let normalization = preprocessing.normalization
    let scale = normalization.standardDeviation.map { 1 / (255 * $0) }
    let offset = zip(normalization.mean, normalization.standardDeviation).map { -$0 / $1 }
    let shape = [1, channels.rawValue, 1, 1]
    builder.add("Mul", "normalize.scaled", [builder.constant("normalize.scale", scale, shape: shape)])
    builder.add("Add", "normalize.shifted", [builder.constant("normalize.offset", offset, shape: shape)])
    // A stem takes planes as they come.
    if network.stem == nil { builder.add("Flatten", "inputs", [], [.integer("axis", 1)]) }
    let inputs = builder.current
    let output = ONNXFile.outputName(of: self)
    var outputs: [String] = []
    for (index, parameters) in members.enumerated() {
      builder.goOn(from: inputs)
      let prefix = members.count > 1 ? "member\(index + 1)." : ""
      try addLayers(with: parameters, named: prefix, to: &builder)
      switch network.loss {
      case .crossEntropy:
        if members.count == 1 { addTemperature(to: &builder) }
        builder.add("Softmax", prefix + output, [], [.integer("axis", 1)])
      case .binaryCrossEntropy: builder.add("Sigmoid", prefix + output)
      case .hinge, .squaredError: builder.add("Identity", prefix + output)
      }
      outputs.append(builder.current)
    }
    if let first = outputs.first, outputs.count > 1 {
      builder.goOn(from: first)
      builder.add("Mean", temperature == 1 ? output : "mean", Array(outputs.dropFirst()))
      if temperature != 1 {
        builder.add("Log", "logarithms")
        addTemperature(to: &builder)
        builder.add("Softmax", output, [], [.integer("axis", 1)])
      }
    }
    return builder.finished(
      input: onnxInput(input),
      output: ONNXValueInfoProto(
        output, .float, [input == .image ? .size(1) : .any("batch"), .size(classes.count)],
        doc: "one value a class; the classes are in the metadata"))
  }

  /// What the graph takes.
  private func onnxInput(_ input: ONNXInput) -> ONNXValueInfoProto {
    switch input {
    case .pixels:
      let planes = preprocessing.channels == .gray ? "gray" : "planes of red, green and blue"
      return ONNXValueInfoProto(
        input.name, .float,
        [
          .any("batch"), .size(preprocessing.channels.rawValue), .size(preprocessing.size.height),
          .size(preprocessing.size.width),
        ], doc: "pixels from 0 to 255, \(planes), not normalised")
    case .image:
      return ONNXValueInfoProto(
        input.name, .uint8, [.any("height"), .any("width"), .size(3)],
        doc: "a picture of any size, red, green and blue, upright, over the background")
    }
  }

  /// Divides what the softmax is made of by the temperature of a calibrated model.
  private func addTemperature(to builder: inout ONNXGraphBuilder) {
    guard temperature != 1 else { return }
    builder.add("Div", "calibrated", [builder.constant("temperature", [Float(temperature)])])
  }

  /// Adds the layers of one network.
  ///
  /// - Parameters:
  ///   - parameters: Its flat vector.
  ///   - member: What stands before the names of its nodes and constants.
  private func addLayers(
    with parameters: [Float], named member: String, to builder: inout ONNXGraphBuilder
  ) throws {
    let built = Network(network)
    var isOfPlaces = network.stem != nil
    for (index, layer) in built.layers.enumerated() {
      let prefix = "\(member)\(index).\(layer.name)"
      if isOfPlaces, layer is Dense { builder.add("Flatten", "\(prefix).inputs", [], [.integer("axis", 1)]) }
      if layer is Dense { isOfPlaces = false }
      let constants = built.parameters.filter { $0.layer == index }.map { parameter in
        builder.constant(
          member + parameter.name, Array(parameters[parameter.range]), shape: parameter.description.shape)
      }
      switch layer {
      case let layer as Dense:
        builder.add("Gemm", "\(prefix).sums", constants, [.integer("transB", 1)])
        builder.add(layer.activation, prefix)
      case let layer as BatchNormalization:
        builder.add(
          "BatchNormalization", "\(prefix).sums", constants, [.float("epsilon", BatchNormalization.epsilon)])
        builder.add(layer.activation, prefix)
      case let layer as Maxout:
        // Input p · units + j is piece p of unit j; a size of 0 keeps the batch.
        let shape = builder.constant(
          "\(prefix).shape", integers: [0, Int64(layer.pieces), Int64(layer.outputCount)])
        builder.add("Reshape", "\(prefix).pieces", [shape])
        builder.add("ReduceMax", prefix, [], [.integers("axes", [1]), .integer("keepdims", 0)])
      case let layer as Convolution: builder.add(layer, prefix, constants)
      case is PlaceMean: builder.add("GlobalAveragePool", prefix)
      case is PlaceFlattening:
        // Planes of channels are what they are here anyway; the first dense layer takes them flat.
        break
      case is Dropout:
        // In use it changes nothing.
        break
      default: throw ExportError.unknownLayer(format: .onnx, name: layer.name)
      }
    }
  }
}

extension ONNXGraphBuilder {
  /// Adds a convolution with what follows it in the same layer.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - name: What its nodes are named after.
  ///   - constants: Its parameters, in their order.
  mutating func add(_ layer: Convolution, _ name: String, _ constants: [String]) {
    let shape = layer.shape
    let hasBias = layer.normalization == .none
    add(
      "Conv", "\(name).sums", Array(constants.prefix(hasBias ? 2 : 1)),
      [
        .integers("kernel_shape", [shape.kernel, shape.kernel]),
        .integers("strides", [shape.stride, shape.stride]),
        .integers("pads", [Int](repeating: shape.padding, count: 4)),
      ])
    if !hasBias {
      add(
        "BatchNormalization", "\(name).normalized", Array(constants.dropFirst()),
        [.float("epsilon", BatchNormalization.epsilon)])
    }
    add(layer.activation, name)
    let window = [layer.pooling.window, layer.pooling.window]
    switch layer.pooling.kind {
    case .none: break
    case .max, .average:
      add(
        layer.pooling.kind == .max ? "MaxPool" : "AveragePool", "\(name).pooled", [],
        [.integers("kernel_shape", window), .integers("strides", window)])
    }
  }

  /// Adds an activation; its result is named after its layer.
  mutating func add(_ activation: ActivationKind, _ layer: String) {
    switch activation {
    case .identity: break
    case .sigmoid: add("Sigmoid", layer)
    case .tanh: add("Tanh", layer)
    case .relu: add("Relu", layer)
    case .leakyReLU: add("LeakyRelu", layer, [], [.float("alpha", 0.01)])
    case .elu: add("Elu", layer, [], [.float("alpha", 1)])
    case .selu:
      add(
        "Selu", layer, [],
        [.float("alpha", 1.6732632423543772), .float("gamma", 1.0507009873554805)])
    case .gelu:
      // x · ½ · (1 + erf(x / √2)): the operator of that name came five versions later.
      let sums = current
      add("Mul", "\(layer).scaled", [constant("\(layer).factor", [0.70710678118654752])])
      add("Erf", "\(layer).erf")
      add("Add", "\(layer).raised", [constant("\(layer).one", [1])])
      add("Mul", "\(layer).gated", [sums])
      add("Mul", layer, [constant("\(layer).half", [0.5])])
    }
  }
}
