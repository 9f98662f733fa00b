import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillraceRandom
import MillraceShards

extension Model {
  /// A model of small images with random parameters, including the running statistics of its normalisation.
  static func fixture(
    hidden: [HiddenLayer], batchNormalization: BatchNormalizationKind = .none,
    loss: LossKind = .crossEntropy, output: OutputKind? = nil, channels: Channels = .rgb,
    stem: ConvolutionStem? = nil, size: ImageSize = ImageSize(width: 4, height: 3),
    fit: PictureFit = .crop,
    background: SIMD3<UInt8> = .zero, magnification: Float = 1
  ) throws -> Model {
    var network = NetworkConfiguration(
      inputCount: channels.rawValue * size.width * size.height, hidden: hidden, outputCount: 3)
    network.stem = stem.map {
      StemConfiguration(
        input: PlaneShape(channels: channels.rawValue, height: size.height, width: size.width),
        convolutions: $0)
    }
    network.inputDropout = 0.2
    network.batchNormalization = batchNormalization
    network.loss = loss
    network.output = output ?? loss.outputs[0]
    let built = Network(network)
    var parameters = built.initialParameters(seed: 5)
    var random = KeyedRandom(seed: 6, purpose: .preview)
    for tensor in built.parameters where tensor.description.role != .weight {
      let isVariance = tensor.description.name == "running_variance"
      for i in tensor.range { parameters[i] = isVariance ? random.uniform(0.5, 2) : random.uniform(-1, 1) }
    }
    let normalization = Normalization(
      mean: Array([0.5, 0.4, 0.3].prefix(channels.rawValue)),
      standardDeviation: Array([0.2, 0.25, 0.3].prefix(channels.rawValue)))
    return Model(
      network: network, classes: ["cat", "dög", "\u{1F600} \"quoted\""],
      preprocessing: try Preprocessing(
        size: size, channels: channels, normalization: normalization, background: background,
        magnification: magnification, fit: fit),
      parameters: parameters, recipe: ["seed": "5"])
  }

  /// The model with further networks that have other random weights.
  func joined(by count: Int) -> Model {
    let others = (1...count).map { member in
      zip(Network(network).initialParameters(seed: UInt64(100 + member)), parameters).map {
        $0 + 0.5 * $1.magnitude
      }
    }
    return Model(
      network: network, classes: classes, preprocessing: preprocessing, members: [parameters] + others,
      recipe: recipe)
  }

  /// What `predict` says of an image's file, in the order of the classes.
  func probabilities(ofFile path: String) throws -> [Float] {
    let ranked = try predict([path], topK: classes.count)[0].ranked
    return classes.map { name in ranked.first { $0.name == name }?.probability ?? .nan }
  }

  /// The outputs of the network itself for pixels from 0 to 255, (rows, channels × height × width).
  ///
  /// For an ensemble, the mean of its networks' outputs.
  func outputs(ofPixels pixels: [Float]) -> [Float] {
    let each = members.map { outputs(ofPixels: pixels, by: $0) }
    let mean = each[0].indices.map { i in each.reduce(0) { $0 + $1[i] } / Float(each.count) }
    if temperature == 1 { return mean }
    let powers = mean.map { pow(Double($0), 1 / temperature) }
    return powers.indices.map { i in
      let row = i / network.outputCount * network.outputCount
      return Float(powers[i] / powers[row..<row + network.outputCount].reduce(0, +))
    }
  }

  private func outputs(ofPixels pixels: [Float], by parameters: [Float]) -> [Float] {
    let built = Network(network)
    let rows = pixels.count / network.inputCount
    let plane = preprocessing.size.width * preprocessing.size.height
    let input = FlatVector(count: pixels.count)
    for (i, pixel) in pixels.enumerated() {
      let channel = i / plane % preprocessing.channels.rawValue
      let normalization = preprocessing.normalization
      input.base[i] = (pixel / 255 - normalization.mean[channel]) / normalization.standardDeviation[channel]
    }
    let weights = FlatVector(parameters)
    let pass = NetworkPass(network: built, capacity: rows, training: false)
    // The vectors' memory is read through pointers that do not keep it alive.
    return withExtendedLifetime((input, weights, pass)) {
      pass.run(
        NetworkPass.Shard(
          input: Matrix(base: input.base, rows: rows, columns: network.inputCount), targets: nil,
          minibatchCount: rows, isTraining: false),
        parameters: weights.base)
      built.loss.predict(pass.outputs)
      return (0..<rows).flatMap {
        UnsafeBufferPointer(start: pass.outputs.row($0), count: pass.outputs.columns)
      }
    }
  }
}
