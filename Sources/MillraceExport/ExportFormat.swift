/// The file formats that a model can be exported to.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// A graph that takes raw pixels; for ONNX Runtime and others.
  case onnx
  /// Weights and metadata, as a run's model file has them, without the state of a training.
  case safetensors
  /// Weights and metadata as arrays for `numpy.load`.
  case npz
}
