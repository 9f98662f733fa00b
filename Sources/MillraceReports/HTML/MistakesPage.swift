public import MillraceModels

/// A contact sheet of an evaluation's most confident mistakes, with each image's class and the class that it was
/// taken for: a page that needs no other file.
public struct MistakesPage {
  private let evaluation: Evaluation
  private let model: String
  private let data: String

  /// Takes an evaluation that has kept mistakes.
  ///
  /// - Parameters:
  ///   - evaluation: The evaluation whose `Evaluation.mistakes` are shown.
  ///   - model: The path of the model's file, as people read it.
  ///   - data: The folder, as people read it.
  public init(_ evaluation: Evaluation, model: String, data: String) {
    self.evaluation = evaluation
    self.model = model
    self.data = data
  }

  /// The whole document.
  public var html: String {
    let wrong = evaluation.count - Int((evaluation.accuracy * Double(evaluation.count)).rounded())
    let shown = evaluation.mistakes.count
    let sentence =
      "\(Figures.count(wrong)) of \(Figures.count(evaluation.count, "image")) taken for another class"
      + (shown < wrong ? "; the \(Figures.count(shown)) that the model was most sure of" : "")
    return ReportPage.document(
      title: "Mistakes", refreshes: false,
      [
        tag(
          "header", [:], tag("h1", [:], "Mistakes"),
          tag("p", [:], PageSection.name(model), " on ", PageSection.name(data), .text(": \(sentence).")),
          PageSection.note("Red: what it was taken for, and how surely. Below: what it is.")),
        tag("main", [:], .mistakes(evaluation)),
      ])
  }
}

extension Markup {
  /// The pictures of an evaluation's mistakes, each with its class and the class that it was taken for.
  static func mistakes(_ evaluation: Evaluation) -> Markup {
    let classes = evaluation.classes.map(\.name)
    return tag(
      "div", ["class": "pictures mistakes"],
      evaluation.mistakes.map { mistake in
        PageSection.mistake(
          MistakeCaption(
            path: mistake.path, predicted: classes[mistake.predicted], actual: classes[mistake.actual],
            confidence: mistake.confidence, share: mistake.share),
          mistake.picture.map(EncodedPicture.init))
      })
  }
}
