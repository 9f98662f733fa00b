public import MillraceImages
public import MillraceModels
import MillraceNetwork

/// The incoming weights of the first layer's units, each a picture of what the unit looks for.
///
/// In a maxout layer each unit shows its first linear piece; in a stem each channel shows the window of its first
/// convolution.
public struct FirstLayerWeights: Sendable, Hashable {
  /// The width and height of each picture.
  public var size: ImageSize
  /// The channels of each picture.
  public var channels: Channels
  /// The number of units in the layer.
  public var unitCount: Int
  /// The weights of the first units: planes of channels, as in a minibatch's row.
  public var units: [[Float]]

  /// Whether each picture is a window of a convolution, which goes over all of an image.
  public var areWindows = false

  /// The largest number of units whose weights are kept.
  public static let unitLimit = 64
  /// The largest number of values that are kept; the first unit is kept in any case.
  static let valueLimit = 1 << 20

  /// Makes the weights.
  public init(size: ImageSize, channels: Channels, unitCount: Int, units: [[Float]]) {
    self.size = size
    self.channels = channels
    self.unitCount = unitCount
    self.units = units
  }

  /// Copies the weights out of a network's flat vector.
  init(_ network: NetworkConfiguration, parameters: UnsafePointer<Float>, preprocessing: Preprocessing) {
    let layout = Network(network)
    channels = preprocessing.channels
    guard let weight = layout.parameters.first(where: { $0.description.role == .weight }) else {
      preconditionFailure("a network without weights has nothing to show")
    }
    let inputs = weight.description.rowLength
    if let stem = network.stem?.convolutions {
      size = ImageSize(width: stem.kernel, height: stem.kernel)
      unitCount = weight.description.shape[0]
      areWindows = true
    } else {
      size = preprocessing.size
      unitCount = (network.hidden.first?.units) ?? network.outputCount
    }
    let shown = min(unitCount, Self.unitLimit, max(1, Self.valueLimit / inputs))
    units = (0..<shown).map { unit in
      Array(
        UnsafeBufferPointer(start: parameters + weight.range.lowerBound + unit * inputs, count: inputs))
    }
  }
}

extension Model {
  /// What the first layer's units look for.
  public var firstLayerWeights: FirstLayerWeights {
    parameters.withUnsafeBufferPointer { values in
      // A network has parameters, so there is a base address.
      FirstLayerWeights(network, parameters: values.baseAddress!, preprocessing: preprocessing)
    }
  }
}
