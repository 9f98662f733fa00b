extension PageSection {
  /// The labels of a cross-validation that are most likely wrong.
  static func suspects(_ record: RunRecord) -> PageSection? {
    guard let together = record.ensemble?.together, let count = together.suspectCount else { return nil }
    guard count > 0 else {
      return PageSection(
        id: "suspects", title: "Suspect labels",
        content: [note("None: no image is confidently taken for another class than its own.")])
    }
    let shown = together.suspects.count
    return PageSection(
      id: "suspects", title: "Suspect labels",
      content: [
        note(
          "\(Figures.count(count, "image")) whose label may be wrong"
            + (shown < count ? "; the \(Figures.count(shown)) most suspect are shown" : "")
            + ". The network that was not trained on an image is surer of another class than it usually is of that class. "
            + "Red: the likelier class, and its probability. Below: the label. All images in this order: out-of-fold.csv."
        ),
        tag(
          "div", ["class": "pictures mistakes"],
          together.suspects.map { mistake(MistakeCaption($0, classes: record.classes), $0.picture) }),
      ])
  }
}
