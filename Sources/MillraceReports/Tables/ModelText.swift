public import Millrace

/// What a model is made of, for people.
public struct ModelText {
  private let model: Model
  private let path: String

  /// Takes a model and where it came from.
  public init(_ model: Model, path: String) {
    self.model = model
    self.path = path
  }

  /// The whole text.
  ///
  /// - Parameter width: The columns there are; nil: as wide as need be.
  public func lines(width: Int?) -> [String] {
    let network = model.network
    let preprocessing = model.preprocessing
    let activations = network.hidden.map(\.activation.description)
    let normalization = zip(preprocessing.normalization.mean, preprocessing.normalization.standardDeviation)
      .map { "(x − \(Figures.significant(Double($0)))) / \(Figures.significant(Double($1)))" }
    let entries = [
      ("model", path.printable),
      ("network", Figures.widths(network.widths)),
      (
        "activation",
        Set(activations).count > 1 ? activations.joined(separator: ", ") : activations.first ?? "none"
      ),
      ("parameters", Figures.count(model.parameters.count)),
      ("image", "\(preprocessing.size.width)×\(preprocessing.size.height) \(preprocessing.channels.name)"),
      ("pixel", Set(normalization).count == 1 ? normalization[0] : normalization.joined(separator: ", ")),
      ("classes", Figures.count(model.classes.count)),
    ]
    let name = entries.map(\.0.count).max() ?? 0
    let room = max(20, (width ?? 100) - name - 2)
    return entries.map { "\($0.padded(to: name, left: true))  \($1)" }
      + wrapped(model.classes.map(\.printable), columns: room)
      .map { String(repeating: " ", count: name + 2) + $0 }
  }

  /// The words in lines, with commas between them.
  private func wrapped(_ words: [String], columns: Int) -> [String] {
    var lines: [String] = []
    for (index, word) in words.enumerated() {
      let piece = index < words.count - 1 ? word + "," : word
      if let last = lines.last, last.displayWidth + 1 + piece.displayWidth <= columns {
        lines[lines.count - 1] = last + " " + piece
      } else {
        lines.append(piece)
      }
    }
    return lines
  }
}
