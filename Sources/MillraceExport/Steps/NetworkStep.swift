import MillraceModels
import MillraceNetwork

/// A step of a network in use: what remains of its layers where nothing is learned any more, for formats that write out
/// what is computed.
///
/// A kind of step is one file with one type of this protocol, and its case in `Model.steps(of:format:)`. What is of a picture
/// is planes of channels throughout.
protocol NetworkStep {
  /// The values that it takes.
  var inputCount: Int { get }
  /// The values that it gives.
  var outputCount: Int { get }
  /// The parameters, as far as they must be finite.
  var parameters: [Float] { get }

  /// What it makes of one sample.
  func run(_ input: [Float]) -> [Float]

  /// The step with a normalisation and an activation behind it, each output y becoming f(scale · y + shift); nil where it
  /// cannot take them in.
  func followed(scale: [Float], shift: [Float], activation: ActivationKind) -> (any NetworkStep)?

  /// The step with weights of eight bits, for inputs that lie within a range; itself where it has no weights.
  func quantized(for inputs: ClosedRange<Float>) -> any NetworkStep

  /// Writes its constants and functions, and the statements that compute it.
  ///
  /// - Parameters:
  ///   - source: Where to.
  ///   - name: What the names of its constants end with; unique in the file.
  ///   - input: The C expression of where its input stands.
  ///   - output: That of where its output goes, which is another place.
  func write(to source: inout CSource, named name: String, from input: String, to output: String)
}

extension NetworkStep {
  var parameters: [Float] { [] }
  func followed(scale: [Float], shift: [Float], activation: ActivationKind) -> (any NetworkStep)? { nil }
  func quantized(for inputs: ClosedRange<Float>) -> any NetworkStep { self }
}

extension Model {
  /// The steps of one of its networks.
  ///
  /// - Parameters:
  ///   - parameters: The network's flat vector.
  ///   - format: What they are for, as an error names it.
  /// - Throws: ``ExportError`` for a kind of layer that has no step, and for weights that are no numbers.
  func steps(of parameters: [Float], format: ExportFormat) throws(ExportError) -> [any NetworkStep] {
    let built = Network(network)
    var steps: [any NetworkStep] = []
    for (index, layer) in built.layers.enumerated() {
      let tensors = built.parameters.filter { $0.layer == index }.map { Array(parameters[$0.range]) }
      switch layer {
      case let layer as Dense:
        steps.append(
          DenseStep(
            inputCount: layer.inputCount, weights: tensors[0],
            bias: layer.hasBias ? tensors[1] : Array(repeating: 0, count: layer.outputCount),
            activation: layer.activation))
      case let layer as BatchNormalization:
        let (scale, shift) = BatchNormalization.inUse(tensors)
        guard let folded = steps.last?.followed(scale: scale, shift: shift, activation: layer.activation)
        else { throw .unknownLayer(format: format, name: layer.name) }
        steps[steps.count - 1] = folded
      case let layer as Convolution:
        steps.append(ConvolutionStep(layer, tensors: tensors))
        if layer.pooling.kind != .none {
          let window = layer.pooling.window
          steps.append(
            PoolingStep(
              input: layer.shape.output, isMaximum: layer.pooling.kind == .max, height: window, width: window)
          )
        }
      case let layer as PlaceMean:
        let shape = layer.shape
        steps.append(PoolingStep(input: shape, isMaximum: false, height: shape.height, width: shape.width))
      case let layer as Maxout:
        steps.append(MaxoutStep(outputCount: layer.outputCount, pieces: layer.pieces))
      case is Dropout, is PlaceFlattening:
        // In use the one changes nothing; and planes of channels, which the other makes, are what they are here anyway.
        break
      default: throw .unknownLayer(format: format, name: layer.name)
      }
    }
    guard steps.allSatisfy({ $0.parameters.allSatisfy(\.isFinite) }) else { throw .notFinite(format: format) }
    return steps
  }
}

extension BatchNormalization {
  /// The factor and the summand that it is in use: γ / √(variance + ε), and β − mean · factor.
  ///
  /// - Parameter tensors: γ, β, the running mean and the running variance.
  static func inUse(_ tensors: some RandomAccessCollection<[Float]>) -> (scale: [Float], shift: [Float]) {
    let tensors = Array(tensors)
    let (scale, shift, mean, variance) = (tensors[0], tensors[1], tensors[2], tensors[3])
    let factors = scale.indices.map { i in
      Double(scale[i]) / (Double(variance[i]) + Double(epsilon)).squareRoot()
    }
    let summands = shift.indices.map { i in Double(shift[i]) - Double(mean[i]) * factors[i] }
    return (factors.map(Float.init), summands.map(Float.init))
  }
}
