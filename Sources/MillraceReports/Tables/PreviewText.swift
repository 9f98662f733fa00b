package import MillraceWorkshop

/// What a preview wrote, for people.
package enum PreviewText {
  /// The files to open, and what to do next.
  ///
  /// - Parameters:
  ///   - outcome: The result of the preview.
  ///   - page: The page that shows it.
  package static func lines(_ outcome: Preview.Outcome, page: String) -> [String] {
    [
      "open           \(page.printable)",
      "contact sheet  \(outcome.contactSheet.printable)",
      "drawn numbers  \(outcome.plans.printable)",
      "images         \(Figures.count(outcome.images.count)) in \(outcome.folder.printable)",
    ]
  }
}
