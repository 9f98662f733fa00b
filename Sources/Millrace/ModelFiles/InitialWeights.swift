import Foundation
public import MillraceNetwork
import MillracePipeline

/// The weights that a run begins with, from a file.
struct InitialWeights {
  /// The network's flat parameter vector.
  let parameters: [Float]
  /// The classes of the file's outputs, where it says them: it is a model of this program's then.
  let classes: [String]?
  /// How many networks the file has; training begins with the first.
  let memberCount: Int
  /// The path that was given for the file.
  let path: String

  /// Reads all parameters of a network, see ``MillraceNetwork/Network/parameters(contentsOf:)``.
  init(contentsOf path: String, for network: Network) throws(ModelFileError) {
    let file = RunFolder.modelPath(for: path)
    let contents = try SafetensorsFile(contentsOf: file)
    try contents.checkSeal(path: file)
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    var values: [Float] = []
    values.reserveCapacity(network.parameterCount)
    for parameter in network.parameters {
      let expected = "\(parameter.name) of F32 \(parameter.description.shape)"
      guard let tensor = tensors[parameter.name] else {
        throw .doesNotFit(
          path: file, found: contents.findingWithout(parameter.name), expected: expected)
      }
      let found = "\(tensor.values.elementType.rawValue) \(tensor.shape)"
      guard let floats = tensor.floats, tensor.shape == parameter.description.shape else {
        throw .doesNotFit(path: file, found: found, expected: expected)
      }
      guard floats.allSatisfy(\.isFinite) else {
        throw .doesNotFit(
          path: file, found: "values that are infinite or not a number",
          expected: "finite values of \(expected)")
      }
      values += floats
    }
    parameters = values
    classes = contents.metadata[Model.classesKey].flatMap {
      try? JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
    memberCount = contents.metadata[Model.membersKey].flatMap { Int($0) } ?? 1
    self.path = path
  }

  /// What the names in a file tell of its network's layers: whether there is batch normalisation, and whether some have
  /// no weights; nil for a file that cannot be read, of which ``init(contentsOf:for:)`` says what is wrong.
  static func layers(inFileAt path: String) -> (areNormalized: Bool, haveGaps: Bool)? {
    guard let contents = try? SafetensorsFile(contentsOf: RunFolder.modelPath(for: path)) else { return nil }
    let names = contents.tensors.map { $0.name.split(separator: ".") }.filter { $0.count == 3 }
    let kind = BatchNormalization(count: 1, activation: .identity, isSynchronized: true).name
    let places = Set(names.compactMap { Int($0[0]) })
    return (names.contains { $0[1] == kind }, places.count != (places.max() ?? -1) + 1)
  }

  /// What a person should know of the file.
  ///
  /// - Parameter trained: The classes that are trained on, by output.
  func notices(for trained: [String]) -> [String] {
    let members = "init-weights \(path): it has \(memberCount) networks, and training begins with the first"
    return [notice(for: trained), memberCount > 1 ? members : nil].compactMap { $0 }
  }

  /// What a person should know of the order of the outputs; nil where the file's classes are those of the data.
  ///
  /// - Parameter trained: The classes that are trained on, by output.
  private func notice(for trained: [String]) -> String? {
    let order = "its outputs are taken for the classes in natural order (2 before 10)"
    guard let classes else {
      let shown = trained.prefix(4).map(quotedForMessage).joined(separator: ", ")
      return "init-weights \(path): \(order): \(shown)\(trained.count > 4 ? ", …" : "")"
    }
    // A shape that fits has as many outputs; what the file says of them may be anything.
    let differing = trained.indices.first { output in
      !classes.indices.contains(output) || Array(classes[output].utf8) != Array(trained[output].utf8)
    }
    guard let differing else { return nil }
    let there = classes.indices.contains(differing) ? quotedForMessage(classes[differing]) : "not named"
    let isSameSet = classes.count == trained.count && Set(classes) == Set(trained)
    return
      "init-weights \(path): \(isSameSet ? "its classes are in another order" : "it has other classes"): "
      + "output \(differing + 1) is \(there) there and \(quotedForMessage(trained[differing])) here; \(order)"
  }
}

extension Network {
  /// Reads all parameters of the network from a safetensors file, whoever has written it.
  ///
  /// Each parameter is a tensor of F32 under its name and with its shape: `INDEX.dense.weight` (outputs, inputs),
  /// `INDEX.dense.bias`, `INDEX.batchnorm.scale`, `.shift`, `.running_mean` and `.running_variance`, where the index
  /// counts all layers of `layers`, dropout and maxout among them. What else the file holds is left alone, of whatever
  /// type it is: of an ensemble, whose further networks have names of their own, the first network is read.
  ///
  /// - Parameter path: A model file, a run folder, or another safetensors file.
  /// - Returns: The flat parameter vector.
  /// - Throws: ``ModelFileError``; ``ModelFileError/doesNotFit(path:found:expected:)`` for a parameter that is missing,
  ///   of another type or shape, or not finite.
  public func parameters(contentsOf path: String) throws(ModelFileError) -> [Float] {
    try InitialWeights(contentsOf: path, for: self).parameters
  }
}

extension Checksum {
  /// The checksum of parameters, to know them again.
  static func of(_ parameters: [Float]) -> UInt32 {
    var checksum = Checksum()
    checksum.add(parameters)
    return checksum.value
  }
}

extension SafetensorsFile {
  /// What there is instead of a tensor that can be read.
  fileprivate func findingWithout(_ name: String) -> String {
    if let other = others.first(where: { $0.name == name }) {
      return "\(quotedForMessage(other.type)) \(other.shape)"
    }
    let names = tensors.map(\.name) + others.map(\.name)
    let shown = names.prefix(6).map(quotedForMessage).joined(separator: ", ")
    return "no tensor of that name among "
      + (names.isEmpty ? "none" : shown + (names.count > 6 ? ", …" : ""))
  }
}
