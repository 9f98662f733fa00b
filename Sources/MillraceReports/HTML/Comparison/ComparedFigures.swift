import MillraceModels
import MillraceNetwork
import MillraceTraining

extension RunComparison {
  /// The results of each run: one row for each, the best first.
  var figures: PageSection {
    var columns = Column.all
    // A column without a value tells nothing.
    columns.removeAll { column in runs.allSatisfy { column.text($0.record) == nil } }
    return PageSection(
      id: "figures", title: "Figures",
      content: groups.map { group in
        .table(
          group.validation.map { "Validated on \($0)" } ?? "Runs without validation", style: "runs",
          columns: [.column("run")] + columns.map { .column($0.title) },
          rows: group.runs.map { row($0, columns, isMarked: $0.isBest && group.runs.count > 1) })
      } + [
        .note(
          "Figures are those of the epoch that each run has kept. In brackets: the interval that holds the true accuracy in 95 of 100 "
            + "cases; runs whose intervals overlap widely need not differ."
            + (runs.contains { $0.record.hasRefit }
              ? " Before refit: the model has since been trained afresh on all images, so this figure is not the model's own."
              : ""))
      ])
  }

  private func row(_ run: Run, _ columns: [Column], isMarked: Bool) -> Markup {
    let cells = columns.map { column -> Markup in
      tag("td", [:], .text(column.text(run.record) ?? "–"))
    }
    return tag(
      "tr", ["class": isMarked ? "best" : nil],
      [.rowName(run.name, isMarked ? tag("small", [:], " best") : .empty)] + cells)
  }

  /// Long texts, such as an augmentation policy, get wider columns.
  private func style(of key: String) -> String {
    let longest = runs.map { $0.record.text(of: key)?.count ?? 0 }.max() ?? 0
    return longest > Self.longText ? "setting long-text" : "setting"
  }

  private static let longText = 16

  /// The settings that are not the same in all runs, with a column for each.
  var settings: PageSection {
    guard !differingKeys.isEmpty else {
      return PageSection(
        id: "settings", title: "Settings that differ",
        content: [.note("None: the runs have the same configuration.")])
    }
    let rows = runs.map { run in
      tag(
        "tr", [:],
        [.rowName(run.name)]
          + differingKeys.map {
            tag("td", ["class": style(of: $0)], .text((run.record.text(of: $0) ?? "–").printable))
          })
    }
    return PageSection(
      id: "settings", title: "Settings that differ",
      content: [
        .table(
          "The settings of each run", style: "runs",
          columns: [.column("run")] + differingKeys.map { .column($0, style: style(of: $0)) }, rows: rows)
      ])
  }
}

/// A column of the table of figures.
private struct Column: Sendable {
  let title: String
  /// The text in a run's row; nil where it is not known.
  let text: @Sendable (RunRecord) -> String?

  static let all: [Column] = [
    Column(title: "validation accuracy") { record in
      record.validated.map { $0.text() + (record.hasRefit ? " before refit" : "") }
    },
    Column(title: "validation loss") { $0.best?.validation.map { Figures.fixed($0.mean, 4) } },
    Column(title: "accuracy when last evaluated") { record in
      record.tested?.text()
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
      record.lastWeights.flatMap { $0.hasZeros ? Figures.percent($0.zeroShare) : nil }
    },
    Column(title: "images a second") { ($0.epochs.last?.imagesPerSecond).map(Figures.rate) },
    Column(title: "time") { $0.seconds.map(Figures.duration) },
    // A finished run is what one expects.
    Column(title: "state") { $0.state == .finished ? nil : $0.state.rawValue },
  ]
}

extension RunRecord {
  /// The last epoch's figures of the network, where they include weights.
  fileprivate var lastWeights: NetworkStatistics? {
    epochs.last?.statistics.flatMap { $0.weights.isEmpty ? nil : $0 }
  }
}
