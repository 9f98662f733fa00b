#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How the learning rate goes over a run, as a factor on the base rate.
public enum LearningRateSchedule: Sendable, Hashable {
  /// 1 throughout.
  case constant
  /// × `factor` after every `epochs` epochs.
  case step(epochs: Int, factor: Double)
  /// From 1 to 0 along half a cosine. Source: Loshchilov and Hutter, "SGDR", 2017.
  case cosine

  /// The factor at a moment of the run.
  ///
  /// - Parameters:
  ///   - epoch: Epochs done, with a fraction.
  ///   - epochs: Epochs of the whole run.
  public func factor(atEpoch epoch: Double, of epochs: Double) -> Double {
    switch self {
    case .constant: 1
    case .step(let every, let factor): pow(factor, (epoch / Double(every)).rounded(.down))
    case .cosine: epochs > 0 ? 0.5 * (1 + cos(.pi * min(1, epoch / epochs))) : 1
    }
  }
}

extension LearningRateSchedule: CustomStringConvertible {
  /// Reads `constant`, `cosine` or `step:epochs=10;factor=0.1`.
  ///
  /// - Throws: ``ConfigurationError`` naming the words and ranges that are possible.
  public init(parsing text: String) throws(ConfigurationError) {
    let parts = text.split(separator: ":", maxSplits: 1)
    let name = parts.first.map { $0.trimmingSpaces } ?? ""
    var values: [String: Double] = [:]
    for item in (parts.count > 1 ? parts[1] : "").split(separator: ";") {
      let pair = item.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
      guard pair.count == 2, let value = Double(pair[1]) else {
        throw ConfigurationError(setting: "schedule", problem: "expected key=number, got '\(item)'")
      }
      values[pair[0]] = value
    }
    func take(_ key: String, default value: Double) -> Double { values.removeValue(forKey: key) ?? value }
    switch name {
    case "constant": self = .constant
    case "cosine": self = .cosine
    case "step":
      let epochs = take("epochs", default: 10)
      let factor = take("factor", default: 0.1)
      guard epochs >= 1, epochs == epochs.rounded(), epochs < 1e9 else {
        throw ConfigurationError(
          setting: "schedule", problem: "step needs a whole number of epochs from 1, got \(epochs)")
      }
      guard factor > 0, factor <= 1 else {
        throw ConfigurationError(
          setting: "schedule", problem: "step needs a factor above 0 and at most 1, got \(factor)")
      }
      self = .step(epochs: Int(epochs), factor: factor)
    default:
      throw ConfigurationError(
        setting: "schedule",
        problem: "'\(text)' is unknown; use constant, cosine or step:epochs=10;factor=0.1")
    }
    if let unknown = values.keys.min() {
      throw ConfigurationError(setting: "schedule", problem: "\(name) has no parameter '\(unknown)'")
    }
  }

  public var description: String {
    switch self {
    case .constant: "constant"
    case .step(let epochs, let factor): "step:epochs=\(epochs);factor=\(factor)"
    case .cosine: "cosine"
    }
  }
}

extension StringProtocol {
  /// The text without spaces and tabs at either end.
  var trimmingSpaces: String {
    var text = Substring(self)
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
