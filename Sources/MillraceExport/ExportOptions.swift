/// How a model is exported.
public struct ExportOptions: Sendable {
  /// What the graph of an ONNX file takes; no other format looks at it.
  public var input = ONNXInput.pixels
  /// How many bits the weights of a C file have; no other format looks at it.
  public var quantization = Quantization.float32
  /// Whether files that are there may be written anew.
  public var replaces = false

  /// The usual: a graph of pixels, weights as they are, and nothing is replaced.
  public init() {}
}
