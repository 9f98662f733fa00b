public import MillraceModels
import MillracePipeline

/// Predictions as rows, each complete in itself, so that they can be shown as they come.
///
/// The path comes last: its length is not known before, and its end may be cut.
public struct PredictionRows {
  /// The columns that a path should have before a row is split into lines.
  private static let pathColumns = 16

  private let classWidth: Int
  /// How classes that look like others are shown.
  private let told: [ExactText: String]
  private let topK: Int
  private let width: Int?

  /// Lays the rows out.
  ///
  /// - Parameters:
  ///   - classes: The model's classes.
  ///   - topK: The number of classes in a row, at least 1.
  ///   - width: The number of columns; nil: as many as needed.
  public init(classes: [String], topK: Int, width: Int?) {
    let names = classes.toldApart
    told = Dictionary(
      zip(classes, names).filter { $0 != $1 }.map { (ExactText($0), $1) },
      uniquingKeysWith: { first, _ in first })
    classWidth = names.reduce(5) { max($0, $1.printable.displayWidth) }
    self.topK = min(topK, classes.count)
    self.width = width
  }

  /// Whether a prediction takes several lines.
  private var isStacked: Bool {
    guard let width else { return false }
    return (classWidth + 2 + 8) * topK + Self.pathColumns > width
  }

  /// The headings.
  public var heading: [String] {
    if isStacked { return [] }
    let pair = "class".padded(to: classWidth, left: true) + "   prob.  "
    return [String(repeating: pair, count: topK) + "path"]
  }

  /// The line of an image that is alike: it stands below that of the prediction.
  public func line(_ neighbor: FeatureIndex.Neighbor) -> String {
    let start =
      "  alike " + Figures.fixed(Double(neighbor.similarity), 3).padded(to: 6, left: false) + "  "
      + neighbor.className.printable.padded(to: classWidth, left: true) + "  "
    return start + neighbor.path.printable.keepingEnd(columns: max(1, (width ?? .max) - start.displayWidth))
  }

  /// The lines of one prediction.
  public func lines(_ prediction: Prediction) -> [String] {
    let pairs = prediction.ranked.prefix(topK).enumerated().map { rank, ranked in
      // A class that the model is too unsure of is not named.
      let name =
        rank == 0 && prediction.isRejected ? "–" : (told[ExactText(ranked.name)] ?? ranked.name).printable
      return name.padded(to: classWidth, left: true) + " "
        + Figures.percent(Double(ranked.probability)).padded(to: 7, left: false)
    }
    let path = prediction.path.printable
    if isStacked { return [path.keepingEnd(columns: width ?? .max)] + pairs.map { "  " + $0 } }
    let start = pairs.joined(separator: "  ") + "  "
    return [start + path.keepingEnd(columns: max(1, (width ?? .max) - start.displayWidth))]
  }
}
