import MillraceTraining

extension PageSection {
  /// The weights as histograms, the share of zeros, the gradient, and units that have died.
  static func weights(_ record: RunRecord) -> PageSection? {
    let reports = record.search.filter { $0.statistics != nil }
    guard let place = record.epochs.lastIndex(where: { $0.statistics != nil }),
      case let last = record.epochs[place], let statistics = last.statistics
    else { return nil }
    let isRefit = place >= record.refit.startIndex
    let first = record.epochs.first?.statistics
    let histograms = statistics.weights.filter { !$0.histogram.isEmpty }.map { weights in
      let before = first?.weights.first { $0.name == weights.name && !$0.histogram.isEmpty }
      return HistogramPlot(
        title: weights.name, note: weights.inWords, counts: HistogramPlot.Counts(weights),
        before: before.map(HistogramPlot.Counts.init)
      ).markup
    }
    return PageSection(
      id: "weights", title: "Weights",
      content: [
        .plots(histograms),
        histograms.isEmpty
          ? .empty
          : note(
            "After epoch \(last.epoch + 1)\(isRefit ? " of the training on all images" : "")"
              + (place > 0 ? "; outlined: after the first epoch" : "")
              + "."),
        deadUnits(statistics),
        .plots([
          // Weights are zero only where a penalty or a mask makes them zero.
          reports.contains { $0.statistics?.hasZeros ?? false }
            ? layers("Share of zero weights", .share, reports) { $0.weights.map { ($0.name, $0.zeros) } }
            : nil,
          LinePlot(
            title: "Gradient norm", note: "of one step an epoch, before clipping", scale: .number,
            series: [
              LinePlot.Series(
                name: "gradient norm", color: 1, points: reports.points { $0.statistics?.gradientNorm })
            ], fromZero: true
          ).markup,
          reports.contains { $0.statistics?.rectified.contains { $0.dead > 0 } ?? false }
            ? layers("Dead units", .share, reports) { $0.rectified.map { ($0.name, $0.dead) } } : nil,
        ]),
      ])
  }

  /// From this share on, a sentence mentions dead units.
  private static let manyDead = 0.25

  /// Layers with many dead units, in words.
  private static func deadUnits(_ statistics: NetworkStatistics) -> Markup {
    let layers = statistics.rectified.filter { $0.dead >= manyDead }.map {
      "\(Figures.percent($0.dead, digits: 0)) of the units of \($0.name)"
    }
    guard !layers.isEmpty else { return .empty }
    return tag(
      "p", [:],
      .text(
        "\(layers.joined(separator: " and ")) were zero for a whole minibatch: they learn nothing. A lower learning rate, "
          + "batch normalisation, or the activation leaky-relu keeps units alive."))
  }

  /// A curve for each layer; nil where there is none.
  private static func layers(
    _ title: String, _ scale: LinePlot.Scale, _ reports: [EpochReport],
    _ values: (NetworkStatistics) -> [(name: String, value: Double)]
  ) -> Markup? {
    let names = reports.last?.statistics.map { values($0).map(\.name) } ?? []
    guard !names.isEmpty else { return nil }
    return LinePlot(
      title: title,
      note: title == "Dead units" ? "share of a layer's units at zero for a whole minibatch" : nil,
      scale: scale,
      series: names.enumerated().map { index, name in
        LinePlot.Series(
          name: name, color: index + 1,
          points: reports.points { report in
            report.statistics.flatMap { values($0).first { $0.name == name }?.value }
          })
      }, fromZero: true
    ).markup
  }
}

extension NetworkStatistics {
  /// Whether enough weights are exactly zero for a figure to show it.
  var hasZeros: Bool { zeroShare >= WeightStatistics.leastZeros }
}

extension WeightStatistics {
  /// A smaller share of zeros is written as zero.
  fileprivate static let leastZeros = 0.0005

  /// The figures below a histogram's title.
  var inWords: String {
    "\(Figures.count(count)) weights, deviation \(Figures.significant(deviation))"
      + (zeros >= Self.leastZeros ? ", \(Figures.percent(zeros)) zero" : "")
  }
}

extension HistogramPlot.Counts {
  init(_ weights: WeightStatistics) {
    self.init(
      range: Double(weights.range.lowerBound)...Double(weights.range.upperBound), counts: weights.histogram)
  }
}
