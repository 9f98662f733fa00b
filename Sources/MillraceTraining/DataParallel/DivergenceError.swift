import Foundation

/// The loss or a gradient became infinite or not a number.
public struct DivergenceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was seen.
  public let what: String
  /// The first layer whose outputs, or the parameter whose gradient, is not finite; nil where none was found.
  public let layer: String?
  /// The learning rate of the step.
  public let learningRate: Double

  /// One line.
  public var description: String {
    "training diverged at learning rate \(String(format: "%.4g", learningRate)): \(what)\(layer.map { ", first at \($0)" } ?? ""); "
      + "try a smaller --lr, --warmup-epochs 1 or --clip-norm 1"
  }
}
