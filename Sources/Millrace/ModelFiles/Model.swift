import Foundation
public import MillraceImages
public import MillraceNetwork

/// A trained classifier, complete: network, weights, class names and preprocessing.
///
/// Its file is in the safetensors format. Each parameter is a tensor; the metadata holds the rest as JSON:
/// `millrace.network`, `millrace.classes`, `millrace.preprocessing` and `millrace.recipe`.
public struct Model: Sendable {
  /// What the network is made of.
  public let network: NetworkConfiguration
  /// The classes in the order of the network's outputs.
  public let classes: [String]
  /// How an image becomes the network's input.
  public let preprocessing: Preprocessing
  /// The flat parameter vector.
  public let parameters: [Float]
  /// The settings it was trained with, by name; for people. Neither paths nor anything without effect on the bits.
  public let recipe: [String: String]

  /// Puts a model together.
  public init(
    network: NetworkConfiguration, classes: [String], preprocessing: Preprocessing, parameters: [Float],
    recipe: [String: String] = [:]
  ) {
    precondition(
      classes.count == network.outputCount && parameters.count == Network(network).parameterCount,
      "a model needs a class for each output and all its parameters")
    self.network = network
    self.classes = classes
    self.preprocessing = preprocessing
    self.parameters = parameters
    self.recipe = recipe
  }
}

extension Model {
  /// The metadata that holds the classes, as JSON.
  static let classesKey = "millrace.classes"

  private enum Key {
    static let format = "format"
    static let network = "millrace.network"
    static let classes = classesKey
    static let preprocessing = "millrace.preprocessing"
    static let recipe = "millrace.recipe"
  }

  /// All but the weights, as text by key: what belongs into the metadata of any file that holds the model.
  package func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    return [
      Key.format: "millrace-1",
      Key.network: try json(network),
      Key.classes: try json(classes),
      Key.preprocessing: try json(preprocessing),
      Key.recipe: try json(recipe),
    ]
  }

  /// The file's contents: the same model gives the same bytes.
  func safetensors() throws -> SafetensorsFile {
    SafetensorsFile(
      metadata: try metadata(),
      tensors: Network(network).parameters.map { tensor in
        SafetensorsFile.Tensor(
          name: tensor.name, shape: tensor.description.shape,
          values: .float32(Array(parameters[tensor.range])))
      })
  }

  /// Writes the model, whole or not at all.
  ///
  /// - Throws: ``FileError`` where the file cannot be written.
  public func save(to path: String) throws {
    try safetensors().sealed().write(to: path)
  }

  /// Reads a model.
  ///
  /// - Parameter path: A model file, a checkpoint, or a run folder, whose `model.safetensors` is read.
  /// - Throws: ``ModelFileError`` for a file that is missing, damaged, or not one of ours.
  public init(contentsOf path: String) throws {
    let file = RunFolder.modelPath(for: path)
    try self.init(SafetensorsFile(contentsOf: file), path: file)
  }

  /// Takes a model from a file's contents, which may hold more tensors than the model's.
  init(_ contents: SafetensorsFile, path: String) throws(ModelFileError) {
    try contents.checkSeal(path: path)
    func decode<Value: Decodable>(_ type: Value.Type, _ key: String) throws(ModelFileError) -> Value {
      guard let text = contents.metadata[key] else {
        throw .damaged(
          path: path, found: "no metadata '\(key)'", expected: "a model that millrace train has written")
      }
      do {
        return try JSONDecoder().decode(type, from: Data(text.utf8))
      } catch {
        throw .damaged(
          path: path, found: "metadata '\(key)' that cannot be read", expected: "JSON of \(type)")
      }
    }
    let network = try decode(NetworkConfiguration.self, Key.network)
    let classes = try decode([String].self, Key.classes)
    let preprocessing = try decode(Preprocessing.self, Key.preprocessing)
    let recipe = try decode([String: String].self, Key.recipe)
    if let problem = network.problem {
      throw .damaged(path: path, found: "a network with \(problem)", expected: "a network that can be built")
    }
    guard classes.count == network.outputCount else {
      throw .damaged(
        path: path, found: "\(classes.count) classes",
        expected: "one for each of \(network.outputCount) outputs")
    }
    let inputs = preprocessing.size.width * preprocessing.size.height * preprocessing.channels.rawValue
    guard inputs == network.inputCount else {
      throw .damaged(
        path: path, found: "images of \(inputs) values",
        expected: "the network's \(network.inputCount) inputs")
    }
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    var parameters: [Float] = []
    for expected in Network(network).parameters {
      guard let tensor = tensors[expected.name], let values = tensor.floats else {
        throw .damaged(path: path, found: "no tensor '\(expected.name)' of F32", expected: "every parameter")
      }
      guard tensor.shape == expected.description.shape else {
        throw .damaged(
          path: path, found: "tensor '\(expected.name)' of shape \(tensor.shape)",
          expected: "\(expected.description.shape)")
      }
      parameters += values
    }
    self.init(
      network: network, classes: classes, preprocessing: preprocessing, parameters: parameters, recipe: recipe
    )
  }
}
