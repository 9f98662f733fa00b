import MillraceImages
package import MillraceModels
import MillraceTraining

/// The parts of a model, for people.
package struct ModelText {
  private let model: Model
  private let path: String

  /// Takes a model and its path.
  package init(_ model: Model, path: String) {
    self.model = model
    self.path = path
  }

  /// The whole text.
  ///
  /// - Parameter width: The number of columns; nil: as many as needed.
  package func lines(width: Int?) -> [String] {
    let network = model.network
    let preprocessing = model.preprocessing
    let activations = network.hidden.map(\.activation.description)
    func figures(_ values: [Float]) -> String {
      values.map { Figures.significant(Double($0)) }.joined(separator: ", ")
    }
    var entries = [
      ("model", path.printable),
      ("network", Figures.widths(network.widths)),
    ]
    if let stem = network.stem { entries.append(("stem", stem.convolutions.text)) }
    entries += [
      (
        "activation",
        Set(activations).count > 1 ? activations.joined(separator: ", ") : activations.first ?? "none"
      ),
      (
        "parameters",
        (model.members.count > 1 ? "\(model.members.count) networks of " : "")
          + Figures.count(model.parameters.count)
      ),
      ("image", preprocessing.text),
      ("background", RGBColor(preprocessing.background).description),
      ("mean", figures(preprocessing.normalization.mean)),
      ("deviation", figures(preprocessing.normalization.standardDeviation)),
    ]
    if network.precision != .float32 { entries.append(("precision", network.precision.rawValue)) }
    if model.temperature != 1 { entries.append(("temperature", Figures.significant(model.temperature))) }
    // Their names follow it.
    entries.append(("classes", Figures.count(model.classes.count)))
    let name = entries.map(\.0.count).max() ?? 0
    let classes = model.classes.map(\.printable).joined(separator: ", ")
    func block(_ title: String, _ text: String) -> [String] {
      text.isEmpty
        ? []
        : [title.padded(to: name, left: true)]
          + text.wrapped(columns: width ?? 100, indent: name + 2, hanging: name + 2)
    }
    func list(_ values: [String: String]) -> String {
      values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)".printable }.joined(separator: ", ")
    }
    return entries.map { "\($0.padded(to: name, left: true))  \($1)" }
      + classes.wrapped(columns: width ?? 100, indent: name + 2, hanging: name + 2)
      + block("trained with", list(model.recipe)) + block("notes", list(model.notes))
  }
}

extension Preprocessing {
  /// The size and channels, and the size of the decode where it differs.
  fileprivate var text: String {
    let input =
      "\(size.width)×\(size.height) \(channels.name)" + (fit == .crop ? "" : ", fit \(fit.rawValue)")
    return decodedSize == size
      ? input : "\(input), decoded at \(decodedSize.width)×\(decodedSize.height) or more"
  }
}
