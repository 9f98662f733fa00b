import MillraceNetwork

/// A moment of a training run: a model file that also holds what training needs to go on.
///
/// Beside the model's tensors it has one flat tensor for each vector of the optimiser, `optimizer.NAME`, and in
/// its metadata the number of epochs done. It is a model file: evaluate and predict open it.
public struct Checkpoint: Sendable {
  /// The weights and all that belongs to them.
  public let model: Model
  /// The optimiser's vectors, each as long as the parameters.
  public let optimizerStates: [(name: String, values: [Float])]
  /// Epochs done.
  public let epochsDone: Int

  private static let epochsKey = "millrace.epochsDone"
  private static let prefix = "optimizer."

  /// Puts a checkpoint together.
  public init(model: Model, optimizerStates: [(name: String, values: [Float])], epochsDone: Int) {
    self.model = model
    self.optimizerStates = optimizerStates
    self.epochsDone = epochsDone
  }

  /// Writes the checkpoint, whole or not at all.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func save(to path: String) throws {
    var contents = try model.safetensors()
    contents.metadata[Self.epochsKey] = "\(epochsDone)"
    for state in optimizerStates {
      contents.tensors.append(
        SafetensorsFile.Tensor(
          name: Self.prefix + state.name, shape: [state.values.count], values: .float32(state.values)))
    }
    try contents.write(to: path)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``ModelFileError`` for a file that is missing, damaged, or no checkpoint.
  public init(contentsOf path: String) throws {
    let contents = try SafetensorsFile(contentsOf: path)
    model = try Model(contents, path: path)
    guard let epochs = contents.metadata[Self.epochsKey].flatMap({ Int($0) }), epochs >= 0 else {
      throw ModelFileError.damaged(
        path: path, found: "no count of epochs done", expected: "a checkpoint that millrace train has written")
    }
    epochsDone = epochs
    var states: [(name: String, values: [Float])] = []
    for tensor in contents.tensors where tensor.name.hasPrefix(Self.prefix) {
      guard let values = tensor.floats, values.count == model.parameters.count else {
        throw ModelFileError.damaged(
          path: path, found: "tensor '\(tensor.name)' of shape \(tensor.shape)",
          expected: "\(model.parameters.count) values of F32")
      }
      states.append((String(tensor.name.dropFirst(Self.prefix.count)), values))
    }
    optimizerStates = states
  }
}
