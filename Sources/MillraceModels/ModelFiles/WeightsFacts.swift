package import MillraceImages
package import MillraceNetwork

/// Facts that a file of weights tells about its network, as far as a run that begins with it must agree with them.
package struct WeightsFacts: Sendable, Hashable {
  /// Whether the network has batch normalisation.
  package var areNormalized: Bool
  /// Whether some layers have no weights, such as dropout.
  package var skipLayers: Bool
  /// The stem; nil where there is none, or the file does not say it.
  package var stem: ConvolutionStem?
  /// The units of each hidden layer; nil where the file does not say them.
  package var hidden: [Int]?
  /// The size of the images; nil where the file does not say it.
  package var imageSize: ImageSize?
  /// The channels of the images; nil where the file does not say them.
  package var channels: Channels?

  /// Makes facts.
  package init(
    areNormalized: Bool, skipLayers: Bool, hidden: [Int]? = nil, imageSize: ImageSize? = nil,
    channels: Channels? = nil
  ) {
    self.areNormalized = areNormalized
    self.skipLayers = skipLayers
    self.hidden = hidden
    self.imageSize = imageSize
    self.channels = channels
  }

  /// Reads the facts: for this program's models from their metadata, for other files from the names and shapes of
  /// their tensors.
  ///
  /// - Parameter path: A model file, a run folder, or another safetensors file. The result is nil for one that
  ///   cannot be read; ``InitialWeights`` says what is wrong with it.
  package init?(ofFileAt path: String) {
    let file = RunFolder.modelPath(for: path)
    guard let contents = try? SafetensorsFile(contentsOf: file) else { return nil }
    let names = contents.tensors.map { $0.name.split(separator: ".") }.filter { $0.count == 3 }
    let kind = BatchNormalization(count: 1, activation: .identity, isSynchronized: true).name
    let places = Set(names.compactMap { Int($0[0]) })
    self.init(
      areNormalized: names.contains { $0[1] == kind }, skipLayers: places.count != (places.max() ?? -1) + 1,
      hidden: Self.hidden(of: contents.tensors))
    if let model = try? Model(contents, path: file) {
      (stem, hidden) = (model.network.stem?.convolutions, model.network.hidden.map(\.units))
      if stem != nil {
        // The layers of a stem say nothing of the others.
        areNormalized = model.network.batchNormalization != .none
        skipLayers = model.network.hidden.contains { $0.dropout > 0 }
      }
      (imageSize, channels) = (model.preprocessing.size, model.preprocessing.channels)
    }
  }

  /// The rows of the weight matrices except the last; nil where one does not take what the one before gives, as
  /// with maxout.
  private static func hidden(of tensors: [SafetensorsFile.Tensor]) -> [Int]? {
    let matrices = tensors.compactMap { tensor -> (place: Int, shape: [Int])? in
      let parts = tensor.name.split(separator: ".")
      guard parts.count == 3, parts[2] == "weight", let place = Int(parts[0]), tensor.shape.count == 2 else {
        return nil
      }
      return (place, tensor.shape)
    }
    .sorted { $0.place < $1.place }
    guard !matrices.isEmpty, zip(matrices, matrices.dropFirst()).allSatisfy({ $0.shape[0] == $1.shape[1] })
    else { return nil }
    return matrices.dropLast().map { $0.shape[0] }
  }
}
