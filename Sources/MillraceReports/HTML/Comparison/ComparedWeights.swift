import Millrace

extension RunComparison {
  /// The weights of each run as histograms on one scale: what a penalty does to them.
  var histograms: PageSection? {
    let last = runs.map { $0.record.epochs.last(where: { $0.statistics != nil })?.statistics?.weights ?? [] }
    var names: [String] = []
    for name in last.joined().filter({ !$0.histogram.isEmpty }).map(\.name) where !names.contains(name) {
      names.append(name)
    }
    guard !names.isEmpty else { return nil }
    let rows = names.flatMap { name -> [Markup] in
      let weights = last.map { $0.first { $0.name == name && !$0.histogram.isEmpty } }
      let counts = weights.map { $0.map(HistogramPlot.Counts.init) }
      let common = HistogramPlot.common(counts.compactMap { $0 })
      let plots = zip(runs, zip(weights, counts)).enumerated().map { index, entry -> Markup? in
        let (run, (weights, counts)) = entry
        guard let weights, let counts else { return nil }
        return HistogramPlot(
          title: "\(run.name.printable)\(run.penalty)", note: weights.inWords, counts: counts,
          color: index + 1,
          range: common?.range, highest: common?.highest
        ).markup
      }
      return [PageSection.heading(name), .plots(plots)]
    }
    return PageSection(
      id: "weights", title: "Weights",
      content: rows + [
        .note(
          "After the last epoch. Each row has one scale; the heights go with the square root of the counts.")
      ])
  }

  /// The first layer of each run.
  var firstLayers: PageSection? {
    let content = runs.flatMap { run -> [Markup] in
      guard let layer = run.record.firstLayer else { return [] }
      return [PageSection.heading(run.name.printable), PageSection.pictures(of: layer)]
    }
    return content.isEmpty ? nil : PageSection(id: "first-layer", title: "First layer", content: content)
  }
}

extension RunComparison.Run {
  /// The penalties on its weights, in words that follow its name.
  fileprivate var penalty: String {
    let penalties = ["weight-decay", "l1", "elastic-net", "max-norm"].compactMap { key -> String? in
      guard let text = record.text(of: key), !["0", "0.0", "none"].contains(text) else { return nil }
      return "\(key) \(text)"
    }
    return penalties.isEmpty ? ": no penalty" : ": " + penalties.joined(separator: ", ")
  }
}
