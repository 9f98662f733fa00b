/// The file formats that a model can be exported to.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// A graph that takes raw pixels; for ONNX Runtime and others.
  case onnx
  /// One file of C99 and its header, with all that is needed from a picture's bytes to probabilities.
  case c
  /// Weights and metadata, as a run's model file has them, without the state of a training.
  case safetensors
  /// Weights and metadata as arrays for `numpy.load`.
  case npz
}
