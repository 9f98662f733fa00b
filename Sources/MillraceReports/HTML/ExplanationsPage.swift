public import MillraceModels

/// A page of what spoke for the classes of images. It lies beside the pictures and shows these.
public struct ExplanationsPage {
  /// Its name in the folder of the pictures.
  public static let name = "explanations.html"

  /// The most images that it shows; of further ones there are the pictures alone.
  private static let limit = 1_000

  private struct Entry {
    let file: String
    let path: String
    let explanation: (className: String, probability: Float, covered: Float, elsewhere: Float)
  }

  private let model: String
  private var entries: [Entry] = []
  /// The sums of the probabilities, and of those with the marked part, and as much elsewhere, covered.
  private var sums = (plain: 0.0, covered: 0.0, elsewhere: 0.0)
  /// How many images were explained.
  public private(set) var count = 0

  /// Begins without an image.
  ///
  /// - Parameter model: The model's file, for people.
  public init(model: String) { self.model = model }

  /// Adds an image.
  ///
  /// - Parameters:
  ///   - explanation: What spoke for its class.
  ///   - path: Its file, for people.
  ///   - file: The name of the picture beside the page.
  public mutating func add(_ explanation: Explanation, of path: String, file: String) {
    count += 1
    sums.plain += Double(explanation.probability)
    sums.covered += Double(explanation.coveredProbability)
    sums.elsewhere += Double(explanation.elsewhereProbability)
    guard entries.count < Self.limit else { return }
    entries.append(
      Entry(
        file: file, path: path,
        explanation: (
          explanation.className, explanation.probability, explanation.coveredProbability,
          explanation.elsewhereProbability
        )))
  }

  /// What covering does, in a sentence without a full stop: whether the marked parts are what the model goes by.
  public var check: String {
    let images = Double(max(1, count))
    return
      "with the tenth that spoke most for the class covered, its probability is \(Figures.percent(sums.covered / images)) "
      + "on average over \(Figures.count(count, "image")); with as much covered elsewhere, "
      + "\(Figures.percent(sums.elsewhere / images)); with nothing covered, \(Figures.percent(sums.plain / images))"
  }

  /// The whole document.
  public var html: String {
    ReportPage.document(
      title: "Explanations", refreshes: false,
      [
        tag(
          "header", [:], tag("h1", [:], "Explanations"),
          tag("p", [:], "What spoke for the class that ", PageSection.name(model), " takes each image for."),
          PageSection.note(
            "Left: the picture as the network sees it. Right: red spoke for the class, blue against it. Squares of the picture "
              + "were covered with its mean colour, and it was measured how much less the class is preferred then."
          ),
          PageSection.note("The check: \(check).")),
        tag("main", [:], tag("div", ["class": "pictures explanations"], entries.map(figure))),
      ])
  }

  private func figure(_ entry: Entry) -> Markup {
    let own = entry.explanation
    return tag(
      "figure", [:],
      tag(
        "img",
        [
          "src": fileReference(entry.file), "loading": "lazy",
          "alt": "\(entry.path.printable): what spoke for \(own.className.printable)",
        ]),
      tag(
        "figcaption", [:],
        tag("b", [:], .text("\(own.className.printable) \(Figures.percent(Double(own.probability)))")),
        tag(
          "small", [:],
          .text(
            "covered \(Figures.percent(Double(own.covered))), elsewhere \(Figures.percent(Double(own.elsewhere)))"
          )),
        tag("small", [:], PageSection.name(entry.path))))
  }
}
