/// What the graph of an ONNX file takes.
public enum ONNXInput: String, Sendable, CaseIterable {
  /// F32 of (batch, channels, height, width): pixels that have the size and the channels of the model.
  case pixels
  /// U8 of (height, width, 3): one picture of any size, red, green and blue; the graph brings it to the size itself.
  case image

  /// The name of the graph's input.
  public var name: String {
    switch self {
    case .pixels: ONNXFile.inputName
    case .image: "image"
    }
  }
}
