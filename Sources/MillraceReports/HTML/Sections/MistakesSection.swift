extension PageSection {
  /// The images about which the network was most sure and wrong.
  static func mistakes(_ record: RunRecord) -> PageSection? {
    guard let validation = record.validation else { return nil }
    guard !validation.mistakes.isEmpty else {
      return PageSection(
        id: "mistakes", title: "Mistakes",
        content: [note("\(validation.title): every image was classified correctly.")])
    }
    return PageSection(
      id: "mistakes", title: "Mistakes",
      content: [
        note(
          "\(validation.title): the wrong answers of which the network was most sure, with the images as "
            + "it saw them."),
        tag(
          "div", ["class": "pictures mistakes"],
          validation.mistakes.map { mistake(MistakeCaption($0, classes: record.classes), $0.picture) }),
      ])
  }

  /// A picture with its class and the class that it was taken for.
  static func mistake(_ caption: MistakeCaption, _ picture: EncodedPicture?) -> Markup {
    tag(
      "figure", [:], picture?.markup(alternative: caption.alternative, hint: caption.path) ?? .empty,
      tag(
        "figcaption", ["title": caption.path],
        tag("span", ["class": "name bad"], .text("\(caption.predicted) \(caption.confidence)")), tag("br"),
        tag("span", ["class": "name"], .text("is \(caption.actual) \(caption.share)"))))
  }
}

/// The caption below the picture of a mistake.
struct MistakeCaption {
  let path: String
  let predicted: String
  let actual: String
  let confidence: String
  let share: String

  var alternative: String { "\(actual) taken for \(predicted)" }

  init(path: String, predicted: String, actual: String, confidence: Float, share: Float) {
    self.path = path.printable
    self.predicted = predicted.printable
    self.actual = actual.printable
    // The number and its sign stay on one line.
    self.confidence = Figures.percent(Double(confidence)).replacing(" ", with: "\u{A0}")
    self.share = Figures.percent(Double(share)).replacing(" ", with: "\u{A0}")
  }

  init(_ mistake: RunRecord.RecordedMistake, classes: [String]) {
    func name(_ label: Int) -> String { classes.indices.contains(label) ? classes[label] : "?" }
    self.init(
      path: mistake.path, predicted: name(mistake.predicted), actual: name(mistake.actual),
      confidence: mistake.confidence, share: mistake.share)
  }
}
