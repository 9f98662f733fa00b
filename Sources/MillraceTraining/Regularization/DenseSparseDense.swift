public import MillraceModels

/// Dense-sparse-dense training: first dense, then with the smallest weights of each layer held at zero, then
/// dense again, where these weights start at zero and the learning rate is a tenth.
///
/// Source: Han and others, "DSD: dense-sparse-dense training for deep neural networks", 2017.
public struct DenseSparseDense: Sendable, Hashable {
  /// The share of each weight tensor that is held at zero, in (0, 1).
  public var sparsity = 0.3
  /// Epochs of the sparse phase, at least 1.
  public var sparseEpochs = 5
  /// Epochs of the last, dense phase, at least 1. The remaining epochs of the run are the first phase.
  public var finalEpochs = 5

  /// The factor on the learning rate in the last phase.
  public static let finalRate = 0.1

  /// The defaults: 30 % over 5 + 5 epochs.
  public init() {}

  /// The phases of the training.
  public enum Phase: String, Sendable, Codable {
    /// All weights are free.
    case dense
    /// The smallest weights are held at zero.
    case sparse
    /// All weights are free again.
    case last
  }

  /// The phase of an epoch.
  ///
  /// - Parameters:
  ///   - epoch: The epoch, from 0.
  ///   - epochs: The epochs of the run.
  public func phase(ofEpoch epoch: Int, of epochs: Int) -> Phase {
    let last = epochs - finalEpochs
    return epoch >= last ? .last : epoch >= last - sparseEpochs ? .sparse : .dense
  }

  private static let parameters = [
    NamedParameter("sparsity", default: 0.3, .above(0, below: 1), "share of weights held at zero"),
    NamedParameter(
      "sparse-epochs", default: 5, .from(1, to: 1e6), isWhole: true, "epochs of the sparse phase"),
    NamedParameter("final-epochs", default: 5, .from(1, to: 1e6), isWhole: true, "epochs of the last phase"),
  ]

  /// Reads `sparsity=0.3;sparse-epochs=5;final-epochs=5`; a number that is left out has its default.
  ///
  /// - Throws: `ConfigurationError` that names what is possible.
  public init(parsing text: String) throws(ConfigurationError) {
    let values = try NamedArguments(parsing: text, of: Self.parameters, setting: "dsd", owner: "dsd")
    sparsity = values["sparsity"]
    sparseEpochs = Int(values["sparse-epochs"])
    finalEpochs = Int(values["final-epochs"])
  }
}

extension DenseSparseDense: CustomStringConvertible {
  /// The phases as the text that the initialiser reads.
  public var description: String {
    "sparsity=\(sparsity.shortText);sparse-epochs=\(sparseEpochs);final-epochs=\(finalEpochs)"
  }
}
