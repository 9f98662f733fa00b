extension PageSection {
  /// Training images as the network sees them.
  static func samples(_ record: RunRecord) -> PageSection? {
    guard !record.samples.isEmpty else { return nil }
    let pictures = record.samples.map { sample in
      let name = record.classes.indices.contains(sample.label) ? record.classes[sample.label].printable : "?"
      return tag(
        "figure", [:], sample.picture.markup(alternative: name, hint: sample.path.printable),
        tag("figcaption", [:], PageSection.name(name)))
    }
    return PageSection(
      id: "samples", title: "Training images",
      content: [
        note(
          "As the network is shown them: the first of the run's first minibatch, with augment \(record.text(of: "augment") ?? "none")."
        ),
        tag("div", ["class": "pictures"], pictures),
      ])
  }
}
