public import MillraceWorkshop

/// A page that shows what a preview has written: each source image with its class, beside what training sees of it
/// and what was drawn. It lies beside the image files and shows them.
public struct PreviewPage {
  /// The name of the page in the preview's folder.
  public static let name = "preview.html"

  private let outcome: Preview.Outcome

  /// Takes the result of a preview.
  public init(_ outcome: Preview.Outcome) { self.outcome = outcome }

  /// The whole document.
  public var html: String {
    ReportPage.document(
      title: "Preview", refreshes: false,
      [
        tag(
          "header", [:], tag("h1", [:], "Preview"),
          tag(
            "p", [:], "Training images as the network sees them, with augment ",
            PageSection.name(outcome.policy), "."),
          PageSection.note(
            "The original comes first. Below each variant: the epoch that sees it, and what was drawn.")),
        tag("main", [:], outcome.sources.map(section)),
      ])
  }

  private func section(_ source: Preview.Source) -> Markup {
    tag(
      "section", [:], tag("h2", [:], PageSection.name(source.className)),
      tag("p", ["class": "note"], PageSection.name(source.path)),
      tag("div", ["class": "pictures previews"], source.pictures.map { figure($0, of: source) }))
  }

  private func figure(_ picture: Preview.Picture, of source: Preview.Source) -> Markup {
    let title = picture.epoch.map { "epoch \($0 + 1)" } ?? "original"
    return tag(
      "figure", [:],
      tag(
        "img",
        [
          "src": fileReference(picture.file), "loading": "lazy",
          "alt": "\(source.className.printable), \(title)",
        ]),
      tag(
        "figcaption", [:], [tag("b", [:], .text(title))] + picture.drawn.map { tag("small", [:], .text($0)) })
    )
  }
}
