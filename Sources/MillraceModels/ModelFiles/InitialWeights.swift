import Foundation
public import MillraceNetwork
package import MillracePipeline

/// The weights that a run begins with, from a file.
package struct InitialWeights {
  /// The network's flat parameter vector.
  package let parameters: [Float]
  /// The classes of the file's outputs, where it says them: then it is a model of this program.
  package let classes: [String]?
  /// The number of networks in the file; training begins with the first.
  package let memberCount: Int
  /// The path that was given for the file.
  package let path: String
  /// What happens to the last layer, whose units are classes.
  let lastLayer: LastLayer

  enum LastLayer {
    /// The last layer is that of the file.
    case kept
    /// The file's units are in another order, and were put into that of the data.
    case sorted
    /// The file has other classes: the last layer begins as without a file.
    case anew
  }

  /// Reads all parameters of a network, see ``MillraceNetwork/Network/parameters(contentsOf:)``.
  ///
  /// - Parameters:
  ///   - path: A model file, a run folder, or another safetensors file.
  ///   - network: The network.
  ///   - trained: The classes of the training images, by output. Where the file says that it has other classes, the
  ///     last layer begins anew; where it has them in another order, its units are put in order. Nil: the layer is
  ///     used as it is.
  ///   - seed: The seed of a layer that begins anew.
  package init(
    contentsOf path: String, for network: Network, classes trained: [String]? = nil, seed: UInt64 = 0
  ) throws(ModelFileError) {
    let file = RunFolder.modelPath(for: path)
    let contents = try SafetensorsFile(contentsOf: file)
    try contents.checkSeal(path: file)
    let classes = contents.metadata[Model.classesKey].flatMap {
      try? JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
    self.classes = classes
    memberCount = contents.metadata[Model.membersKey].flatMap { Int($0) } ?? 1
    self.path = path

    var places: [Int]?
    if let classes, let trained {
      places = classes.places(of: trained)
      lastLayer = places == nil ? .anew : places == Array(trained.indices) ? .kept : .sorted
    } else {
      lastLayer = .kept
    }
    let last = network.parameters.last?.name.prefix { $0 != "." }
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    let fresh = lastLayer == .anew ? network.initialParameters(seed: seed) : []
    var values: [Float] = []
    values.reserveCapacity(network.parameterCount)
    for parameter in network.parameters {
      let isLast = parameter.name.prefix { $0 != "." } == last
      if isLast, lastLayer == .anew {
        values += fresh[parameter.range]
        continue
      }
      let floats = try contents.floats(of: parameter, among: tensors, path: file)
      guard isLast, lastLayer == .sorted, let places else {
        values += floats
        continue
      }
      let length = floats.count / places.count
      for place in places { values += floats[place * length..<(place + 1) * length] }
    }
    parameters = values
  }

  /// Notices about the file for people.
  ///
  /// - Parameter trained: The classes of the training images, by output.
  package func notices(for trained: [String]) -> [String] {
    let members = "init-weights \(path): it has \(memberCount) networks, and training begins with the first"
    return [notice(for: trained), memberCount > 1 ? members : nil].compactMap { $0 }
  }

  /// A notice about the last layer for people; nil where the file's classes are those of the data.
  ///
  /// - Parameter trained: The classes of the training images, by output.
  private func notice(for trained: [String]) -> String? {
    func list(_ names: [String]) -> String {
      names.prefix(4).map(quotedForMessage).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    }
    guard let classes else {
      return
        "init-weights \(path): its outputs are taken as the classes in natural order (2 before 10): \(list(trained))"
    }
    switch lastLayer {
    case .kept: return nil
    case .sorted:
      return
        "init-weights \(path): its classes are in another order; the units of its last layer are put into that of the data"
    case .anew:
      return
        "init-weights \(path): it has other classes (\(list(classes))); all layers are taken but the last, which begins anew"
    }
  }
}

extension [String] {
  /// The place of each of some names among these; nil where these are other names.
  fileprivate func places(of names: [String]) -> [Int]? {
    guard count == names.count else { return nil }
    let known = Dictionary(enumerated().map { (ExactText($1), $0) }) { first, _ in first }
    let places = names.compactMap { known[ExactText($0)] }
    return Set(places).count == count ? places : nil
  }
}

extension Network {
  /// Reads all parameters of the network from a safetensors file, whichever program has written it.
  ///
  /// Each parameter is a tensor of F32 under its name and with its shape: `INDEX.dense.weight` (outputs, inputs),
  /// `INDEX.dense.bias`, `INDEX.batchnorm.scale`, `.shift`, `.running_mean` and `.running_variance`, where the
  /// index counts all layers of `layers`, including dropout and maxout. Other tensors in the file are ignored,
  /// whatever their type. In an ensemble, whose further networks have names of their own, the first network is
  /// read.
  ///
  /// - Parameter path: A model file, a run folder, or another safetensors file.
  /// - Returns: The flat parameter vector.
  /// - Throws: ``ModelFileError``; ``ModelFileError/doesNotFit(path:found:expected:)`` for a parameter that is
  ///   missing, of another type or shape, or not finite.
  public func parameters(contentsOf path: String) throws(ModelFileError) -> [Float] {
    try InitialWeights(contentsOf: path, for: self).parameters
  }
}

extension Checksum {
  /// The checksum of parameters, by which they are recognised.
  package static func of(_ parameters: [Float]) -> UInt32 {
    var checksum = Checksum()
    checksum.add(parameters)
    return checksum.value
  }
}

extension SafetensorsFile {
  /// The values of a parameter.
  fileprivate func floats(
    of parameter: NetworkParameter, among tensors: [String: Tensor], path: String
  ) throws(ModelFileError) -> [Float] {
    let expected = "\(parameter.name) of F32 \(parameter.description.shape)"
    guard let tensor = tensors[parameter.name] else {
      throw .doesNotFit(path: path, found: findingWithout(parameter.name), expected: expected)
    }
    guard let floats = tensor.floats, tensor.shape == parameter.description.shape else {
      let found = "\(tensor.values.elementType.rawValue) \(tensor.shape)"
      throw .doesNotFit(path: path, found: found, expected: expected)
    }
    guard floats.allSatisfy(\.isFinite) else {
      throw .doesNotFit(
        path: path, found: "values that are infinite or not a number",
        expected: "finite values of \(expected)")
    }
    return floats
  }

  /// What the file holds in the place of a tensor that can be read.
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
