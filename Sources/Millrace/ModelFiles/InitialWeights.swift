public import MillraceNetwork
import MillracePipeline

extension Network {
  /// Reads all parameters of the network from a safetensors file, whoever has written it.
  ///
  /// Each parameter is a tensor of F32 under its name and with its shape: `INDEX.dense.weight` (outputs, inputs),
  /// `INDEX.dense.bias`, `INDEX.batchnorm.scale`, `.shift`, `.running_mean` and `.running_variance`, where the index
  /// counts all layers of `layers`, dropout and maxout among them. What else the file holds is left alone.
  ///
  /// - Parameter path: A model file, a run folder, or another safetensors file.
  /// - Returns: The flat parameter vector.
  /// - Throws: ``ModelFileError``; ``ModelFileError/doesNotFit(path:found:expected:)`` for a parameter that is missing,
  ///   of another type or shape, or not finite.
  public func parameters(contentsOf path: String) throws(ModelFileError) -> [Float] {
    let file = RunFolder.modelPath(for: path)
    let contents = try SafetensorsFile(contentsOf: file)
    try contents.checkSeal(path: file)
    let tensors = Dictionary(uniqueKeysWithValues: contents.tensors.map { ($0.name, $0) })
    var values: [Float] = []
    values.reserveCapacity(parameterCount)
    for parameter in parameters {
      let expected = "\(parameter.name) of F32 \(parameter.description.shape)"
      guard let tensor = tensors[parameter.name] else {
        throw .doesNotFit(
          path: file, found: "no tensor of that name among \(contents.namesForMessage)", expected: expected)
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
    return values
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
  /// The names of the first tensors.
  fileprivate var namesForMessage: String {
    let shown = tensors.prefix(6).map { quotedForMessage($0.name) }.joined(separator: ", ")
    return tensors.isEmpty ? "none" : shown + (tensors.count > 6 ? ", …" : "")
  }
}
