/// By what the images of an evaluation are told apart, to see where a model does worse.
public enum SliceRule: Sendable, Hashable {
  /// The texts in a column of the table of labels; of more than ten different numbers, thirds.
  case column(String)
  /// Thirds of width × height, as seen.
  case size
  /// Thirds of the mean level.
  case brightness
  /// Thirds of `ImageLook/sharpness`.
  case sharpness

  /// The words that stand for a measure; everything else is a column.
  public static let words = ["size", "brightness", "sharpness"]

  /// The most different texts of a column: more would be slices of hardly an image.
  public static let mostTexts = 50

  /// Reads a rule.
  public init(_ text: String) {
    switch text {
    case "size": self = .size
    case "brightness": self = .brightness
    case "sharpness": self = .sharpness
    default: self = .column(text)
    }
  }
}

extension SliceRule: CustomStringConvertible {
  /// The rule as it is written.
  public var description: String {
    switch self {
    case .column(let name): name
    case .size: "size"
    case .brightness: "brightness"
    case .sharpness: "sharpness"
    }
  }
}
