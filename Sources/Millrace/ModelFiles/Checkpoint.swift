import MillraceNetwork

/// A moment of a training run: a model file that also holds what training needs to go on.
///
/// Beside the model's tensors it has one flat tensor for each vector of the training, `training.NAME`, and in its
/// metadata the steps and epochs done. It is a model file: evaluate and predict open it.
public struct Checkpoint: Sendable {
  /// The weights that were validated, and all that belongs to them.
  public let model: Model
  /// The vectors of ``DataParallelStep/vectors``, each as long as the parameters.
  public let vectors: [String: [Float]]
  /// Steps done.
  public let stepsDone: Int
  /// Epochs done.
  public let epochsDone: Int

  private static let stepsKey = "millrace.stepsDone"
  private static let epochsKey = "millrace.epochsDone"
  private static let prefix = "training."

  /// Puts a checkpoint together.
  public init(model: Model, vectors: [String: [Float]], stepsDone: Int, epochsDone: Int) {
    self.model = model
    self.vectors = vectors
    self.stepsDone = stepsDone
    self.epochsDone = epochsDone
  }

  /// Writes the checkpoint, whole or not at all.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func save(to path: String) throws {
    var contents = try model.safetensors()
    contents.metadata[Self.stepsKey] = "\(stepsDone)"
    contents.metadata[Self.epochsKey] = "\(epochsDone)"
    for (name, values) in vectors.sorted(by: { $0.key < $1.key }) {
      contents.tensors.append(
        SafetensorsFile.Tensor(name: Self.prefix + name, shape: [values.count], values: .float32(values)))
    }
    try contents.write(to: path)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``ModelFileError`` for a file that is missing, damaged, or no checkpoint.
  public init(contentsOf path: String) throws {
    let contents = try SafetensorsFile(contentsOf: path)
    model = try Model(contents, path: path)
    func count(_ key: String) throws(ModelFileError) -> Int {
      guard let count = contents.metadata[key].flatMap({ Int($0) }), count >= 0 else {
        throw ModelFileError.damaged(
          path: path, found: "no count '\(key)'", expected: "a checkpoint that millrace train has written")
      }
      return count
    }
    stepsDone = try count(Self.stepsKey)
    epochsDone = try count(Self.epochsKey)
    var vectors: [String: [Float]] = [:]
    for tensor in contents.tensors where tensor.name.hasPrefix(Self.prefix) {
      guard let values = tensor.floats, values.count == model.parameters.count else {
        throw ModelFileError.damaged(
          path: path, found: "tensor '\(tensor.name)' of shape \(tensor.shape)",
          expected: "\(model.parameters.count) values of F32")
      }
      vectors[String(tensor.name.dropFirst(Self.prefix.count))] = values
    }
    self.vectors = vectors
  }
}
