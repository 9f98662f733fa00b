import Millrace

extension RunComparison {
  /// What came out of each run: a row each, the best first.
  var figures: PageSection {
    var columns = Column.all
    // A column in which nothing stands tells nothing.
    columns.removeAll { column in runs.allSatisfy { column.text($0.record) == nil } }
    let heading =
      [tag("th", ["scope": "col"], "run")] + columns.map { tag("th", ["scope": "col"], .text($0.title)) }
    return PageSection(
      id: "figures", title: "Figures",
      content: groups.map { group in
        .scrolling(
          caption(of: group),
          tag(
            "table", ["class": "runs"], tag("caption", [:], .text(caption(of: group))),
            tag("thead", [:], tag("tr", [:], heading)),
            tag("tbody", [:], group.runs.map { row($0, columns) })))
      } + [
        .note(
          "Figures are those of the epoch that each run has kept. In brackets: the interval that holds the true accuracy in 95 of 100 "
            + "cases; runs whose intervals overlap widely need not differ.")
      ])
  }

  private func caption(of group: Group) -> String {
    guard let validation = group.validation else { return "Runs without validation" }
    return groups.count > 1
      ? "Validated on \(validation); the best of these is bold" : "Validated on \(validation)"
  }

  private func row(_ run: Run, _ columns: [Column]) -> Markup {
    let cells = columns.map { column -> Markup in
      tag("td", [:], .text(column.text(run.record) ?? "–"))
    }
    return tag(
      "tr", ["class": run.isBest ? "best" : nil],
      [tag("th", ["scope": "row", "class": "name"], .text(run.name.printable))] + cells)
  }

  /// The settings that are not the same in all runs: a column each.
  var settings: PageSection {
    guard !differingKeys.isEmpty else {
      return PageSection(
        id: "settings", title: "Settings that differ",
        content: [.note("None: the runs have the same configuration.")])
    }
    let heading =
      [tag("th", ["scope": "col"], "run")]
      + differingKeys.map {
        tag("th", ["scope": "col", "class": "setting"], .text($0))
      }
    let rows = runs.map { run in
      tag(
        "tr", [:],
        [tag("th", ["scope": "row", "class": "name"], .text(run.name.printable))]
          + differingKeys.map {
            tag("td", ["class": "setting"], .text((run.record.text(of: $0) ?? "–").printable))
          })
    }
    return PageSection(
      id: "settings", title: "Settings that differ",
      content: [
        .scrolling(
          "Settings that differ",
          tag(
            "table", ["class": "runs"], tag("thead", [:], tag("tr", [:], heading)), tag("tbody", [:], rows)))
      ])
  }
}

/// A column of the table of figures.
private struct Column: Sendable {
  let title: String
  /// What stands there of a run; nil where it is not known.
  let text: @Sendable (RunRecord) -> String?

  static let all: [Column] = [
    Column(title: "validation accuracy") { record in
      record.best?.validation.map { Figures.accuracy(correct: $0.correct, of: $0.count) }
    },
    Column(title: "validation loss") { $0.best?.validation.map { Figures.fixed($0.mean, 4) } },
    Column(title: "accuracy when last evaluated") { record in
      record.tests.last.map { Figures.accuracy(correct: $0.correct, of: $0.count) }
    },
    Column(title: "training accuracy") { $0.best.map { Figures.percent($0.training.accuracy, digits: 2) } },
    Column(title: "best of epochs") { record in
      record.best.map { "\($0.epoch + 1) of \(record.search.count)" }
    },
    Column(title: "calibration error") { record in
      record.validation?.calibration.map { Figures.percent($0.expectedError) }
    },
    Column(title: "parameters") { $0.parameterCount.map(Figures.count) },
    Column(title: "zero weights") { record in
      record.lastWeights.flatMap { $0.zeroShare > 0 ? Figures.percent($0.zeroShare) : nil }
    },
    Column(title: "images a second") { ($0.epochs.last?.imagesPerSecond).map(Figures.rate) },
    Column(title: "time") { $0.seconds.map(Figures.duration) },
    Column(title: "state") { $0.state.rawValue },
  ]
}

extension RunRecord {
  /// The last epoch's figures of the network, where they tell of weights.
  fileprivate var lastWeights: NetworkStatistics? {
    epochs.last?.statistics.flatMap { $0.weights.isEmpty ? nil : $0 }
  }
}
