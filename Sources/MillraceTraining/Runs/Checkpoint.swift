import Foundation
package import MillraceModels
import MillracePipeline

/// A moment of a training run: a model file that also holds what training needs to go on to the same bits.
///
/// Besides the model's tensors it holds a flat tensor `training.NAME` for each vector of the training that differs
/// from the model's own, and in its metadata, as JSON, the ``TrainingState``. It is a model file, so evaluate and
/// predict open it. A checksum over everything is checked when it is read.
package struct Checkpoint: Sendable {
  /// The weights as they would be validated, and all that belongs to them.
  package let model: Model
  /// The vectors of ``Trainer/vectors``, each as long as the parameters.
  package let vectors: [String: [Float]]
  /// The state of the run.
  package internal(set) var state: TrainingState

  private static let stateKey = "millrace.state"
  private static let vectorsKey = "millrace.vectors"
  private static let prefix = "training."

  /// Makes a checkpoint.
  package init(model: Model, vectors: [String: [Float]], state: TrainingState) {
    self.model = model
    self.vectors = vectors
    self.state = state
  }

  /// Writes the checkpoint, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - oldPath: Where a replaced file is moved; nil: it is removed.
  /// - Throws: ``FileError`` where the file cannot be written.
  package func save(to path: String, movingOldTo oldPath: String? = nil) throws {
    var contents = try model.safetensors()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let names = vectors.keys.sorted()
    contents.metadata[Self.stateKey] = String(decoding: try encoder.encode(state), as: UTF8.self)
    contents.metadata[Self.vectorsKey] = names.joined(separator: ",")
    for name in names {
      guard let values = vectors[name], !hasSameBits(values, model.parameters) else { continue }
      contents.tensors.append(
        SafetensorsFile.Tensor(name: Self.prefix + name, shape: [values.count], values: .float32(values)))
    }
    try contents.sealed().write(to: path, movingOldTo: oldPath)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``ModelFileError`` for a file that is missing, damaged, or not a checkpoint.
  package init(contentsOf path: String) throws(ModelFileError) {
    let contents = try SafetensorsFile(contentsOf: path)
    model = try Model(contents, path: path)
    guard contents.isSealed, let state = contents.metadata[Self.stateKey],
      let names = contents.metadata[Self.vectorsKey]
    else {
      throw .unsupported(
        path: path, found: "a model without the state of a training",
        expected: "a checkpoint that this version's millrace train has written")
    }
    do {
      self.state = try JSONDecoder().decode(TrainingState.self, from: Data(state.utf8))
    } catch {
      throw .unsupported(
        path: path, found: "a state of the training that cannot be read",
        expected: "a checkpoint that this version's millrace train has written")
    }
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    var vectors: [String: [Float]] = [:]
    for name in names.split(separator: ",").map(String.init) {
      guard let tensor = tensors[Self.prefix + name] else {
        vectors[name] = model.parameters
        continue
      }
      guard let values = tensor.floats, values.count == model.parameters.count else {
        throw .damaged(
          path: path, found: "tensor '\(tensor.name)' of shape \(tensor.shape)",
          expected: "\(model.parameters.count) values of F32")
      }
      vectors[name] = values
    }
    self.vectors = vectors
  }
}

extension Checkpoint {
  /// Checks that the checkpoint fits the training, so that nothing traps, whatever a file says.
  ///
  /// - Parameters:
  ///   - parameterCount: The length of a vector.
  ///   - vectorNames: The names of the vectors that are needed.
  ///   - steps: The minibatches in an epoch.
  ///   - epochs: The epochs of the run.
  func check(
    parameterCount: Int, vectorNames: [String], steps: Int, epochs: Int
  ) throws(ModelFileError) {
    func damaged(_ found: String, _ expected: String) -> ModelFileError {
      .damaged(path: "the checkpoint", found: found, expected: expected)
    }
    guard model.parameters.count == parameterCount else {
      throw damaged("\(model.parameters.count) parameters", "the network's \(parameterCount)")
    }
    for name in vectorNames where vectors[name] == nil {
      throw damaged("no vector '\(name)'", "every vector of the training")
    }
    let position = state.progress.position
    let isInside = (0..<epochs).contains(position.epoch) && (0..<max(1, steps)).contains(position.minibatch)
    guard isInside || position == MinibatchPosition(epoch: epochs), state.stepsDone >= 0 else {
      throw damaged(
        "minibatch \(position.minibatch) of epoch \(position.epoch)",
        "at most \(steps) minibatches and \(epochs) epochs")
    }
  }
}

/// Whether two vectors have the same bits: zero and minus zero are equal, but their bits differ.
private func hasSameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count
    && a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return true }
        return memcmp(first, second, a.count) == 0
      }
    }
}
