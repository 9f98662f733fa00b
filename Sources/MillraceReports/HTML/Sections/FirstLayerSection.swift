extension PageSection {
  /// What the first layer's units look for, as pictures.
  static func firstLayer(_ record: RunRecord) -> PageSection? {
    guard let layer = record.firstLayer, layer.saysSomething else { return nil }
    return PageSection(
      id: "first-layer", title: "First layer",
      content: [
        note(
          (record.text(of: "stem") == nil
            ? "The incoming weights of" : "The windows of the first convolution:")
            + " \(layer.pictures.count) of \(Figures.count(layer.unitCount, "unit"))"
            + (layer.epoch.map { " after epoch \($0 + 1)" } ?? "") + ". " + Self.legend(record)),
        pictures(of: layer),
      ])
  }

  /// The pictures of a layer's units.
  ///
  /// - Parameter most: The largest number of units that are shown.
  static func pictures(of layer: RunRecord.FirstLayer, most: Int = .max) -> Markup {
    tag(
      "div", ["class": "pictures units"],
      layer.pictures.prefix(most).enumerated().map { index, picture in
        picture.markup(alternative: "weights of unit \(index + 1)", hint: "unit \(index + 1)")
      })
  }

  private static func legend(_ record: RunRecord) -> String {
    record.text(of: "channels") == "gray"
      ? "Red adds, blue takes away, white is zero." : "Each colour adds where it is bright; gray is zero."
  }
}
