import Foundation
public import MillraceImages
public import MillraceNetwork

/// A trained classifier, complete with network, weights, class names and preprocessing.
///
/// It is one network, or several of the same kind whose outputs are averaged: an ensemble.
///
/// Its file is in the safetensors format. Each parameter is a tensor; the names of those of a second network begin
/// with `member2.`, and so on. The metadata holds the rest as JSON: `millrace.network`, `millrace.classes`,
/// `millrace.preprocessing` and `millrace.recipe`, for an ensemble the number of networks as `millrace.members`,
/// where the probabilities were calibrated `millrace.temperature`, and where there are notes `millrace.notes`.
public struct Model: Sendable {
  /// The configuration of the network, or of each network.
  public let network: NetworkConfiguration
  /// The classes in the order of the network's outputs.
  public let classes: [String]
  /// How an image becomes the network's input.
  public let preprocessing: Preprocessing
  /// The flat parameter vector of each network, at least one.
  public let members: [[Float]]
  /// The settings with which the model was trained, by name, for people: neither paths nor settings that do not
  /// affect the bits.
  public let recipe: [String: String]
  /// T of the calibrated probabilities p^(1/T) / Σ p^(1/T), where p is the output of the network or the mean of
  /// several; 1: the outputs are not changed. See ``calibrate(with:)``.
  public package(set) var temperature = 1.0
  /// What else its makers say of it, by any names, such as a version or a licence: kept in the file and in exports,
  /// shown by `millrace info`, and without any effect on predictions.
  public var notes: [String: String] = [:]

  /// The flat parameter vector of the network; for an ensemble that of the first network.
  public var parameters: [Float] { members[0] }

  /// Makes a model of one network.
  public init(
    network: NetworkConfiguration, classes: [String], preprocessing: Preprocessing, parameters: [Float],
    recipe: [String: String] = [:]
  ) {
    self.init(
      network: network, classes: classes, preprocessing: preprocessing, members: [parameters], recipe: recipe)
  }

  /// Makes a model of one network or more.
  ///
  /// - Parameters:
  ///   - network: The configuration of all its networks.
  ///   - classes: The classes, by output.
  ///   - preprocessing: How an image becomes the networks' input.
  ///   - members: The flat parameter vector of each network, at least one.
  ///   - recipe: The settings with which the model was trained, by name.
  public init(
    network: NetworkConfiguration, classes: [String], preprocessing: Preprocessing, members: [[Float]],
    recipe: [String: String] = [:]
  ) {
    let count = Network(network).parameterCount
    precondition(
      classes.count == network.outputCount && !members.isEmpty && members.allSatisfy { $0.count == count },
      "a model needs a class for each output and all its parameters")
    self.network = network
    self.classes = classes
    self.preprocessing = preprocessing
    self.members = members
    self.recipe = recipe
  }
}

extension Model {
  /// The key of the classes in the metadata, which are JSON.
  static let classesKey = "millrace.classes"
  /// The key of the number of networks in a file's metadata; a file of one network does not have it.
  static let membersKey = "millrace.members"

  /// The most networks of a model.
  package static let memberLimit = 100

  private enum Key {
    static let format = "format"
    static let network = "millrace.network"
    static let classes = classesKey
    static let preprocessing = "millrace.preprocessing"
    static let recipe = "millrace.recipe"
    static let members = membersKey
    static let temperature = "millrace.temperature"
    static let notes = "millrace.notes"
  }

  /// Everything except the weights, as text by key: the metadata of any file that holds the model.
  package func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = [
      Key.format: "millrace-1",
      Key.network: try json(network),
      Key.classes: try json(classes),
      Key.preprocessing: try json(preprocessing),
      Key.recipe: try json(recipe),
    ]
    if members.count > 1 { metadata[Key.members] = try json(members.count) }
    if temperature != 1 { metadata[Key.temperature] = try json(temperature) }
    if !notes.isEmpty { metadata[Key.notes] = try json(notes) }
    return metadata
  }

  /// A parameter by the name that it has in a file.
  package struct Tensor: Sendable {
    package let name: String
    package let shape: [Int]
    package let values: ArraySlice<Float>
  }

  /// Every parameter of every network, in order.
  package var tensors: [Tensor] {
    let parameters = Network(network).parameters
    return members.enumerated().flatMap { index, values in
      parameters.map { parameter in
        Tensor(
          name: Self.prefix(ofMember: index) + parameter.name, shape: parameter.description.shape,
          values: values[parameter.range])
      }
    }
  }

  /// The prefix of the names of a member's tensors; members are counted from 0 here and from 1 in files.
  package static func prefix(ofMember index: Int) -> String { index == 0 ? "" : "member\(index + 1)." }

  /// The file's contents: the same model gives the same bytes.
  package func safetensors() throws -> SafetensorsFile {
    SafetensorsFile(
      metadata: try metadata(),
      tensors: tensors.map { tensor in
        SafetensorsFile.Tensor(
          name: tensor.name, shape: tensor.shape, values: .float32(Array(tensor.values)))
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
  package init(_ contents: SafetensorsFile, path: String) throws(ModelFileError) {
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
    let count = contents.metadata[Key.members] == nil ? 1 : try decode(Int.self, Key.members)
    let limit = Self.memberLimit
    guard (1...limit).contains(count) else {
      throw .damaged(path: path, found: "\(count) networks", expected: "from 1 to \(limit)")
    }
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    var members: [[Float]] = []
    for index in 0..<count {
      members.append(
        try Self.parameters(
          of: Network(network), among: tensors, prefix: Self.prefix(ofMember: index), path: path))
    }
    self.init(
      network: network, classes: classes, preprocessing: preprocessing, members: members, recipe: recipe)
    if contents.metadata[Key.temperature] != nil {
      temperature = try decode(Double.self, Key.temperature)
      guard Temperature.range.contains(temperature), canBeCalibrated else {
        throw .damaged(
          path: path, found: "a temperature of \(temperature)",
          expected:
            "one from \(Temperature.range.lowerBound) to \(Temperature.range.upperBound) of softmax outputs")
      }
    }
    if contents.metadata[Key.notes] != nil { notes = try decode([String: String].self, Key.notes) }
  }

  /// The flat vector of one network.
  private static func parameters(
    of network: Network, among tensors: [String: SafetensorsFile.Tensor], prefix: String, path: String
  ) throws(ModelFileError) -> [Float] {
    var parameters: [Float] = []
    parameters.reserveCapacity(network.parameterCount)
    for expected in network.parameters {
      let name = prefix + expected.name
      guard let tensor = tensors[name], let values = tensor.floats else {
        throw .damaged(path: path, found: "no tensor '\(name)' of F32", expected: "every parameter")
      }
      guard tensor.shape == expected.description.shape else {
        throw .damaged(
          path: path, found: "tensor '\(name)' of shape \(tensor.shape)",
          expected: "\(expected.description.shape)")
      }
      parameters += values
    }
    return parameters
  }
}
