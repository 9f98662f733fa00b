import MillraceModels
import MillraceTraining
import MillraceWorkshop

extension PageSection {
  /// Every candidate, its changes, and how far it came.
  static func candidates(_ figures: TuningFigures) -> PageSection {
    let record = figures.record
    let rungs = record.state.rungs
    let heading =
      ["candidate", "what is different"] + rungs.map { "after \(Figures.count($0.epochs, "epoch"))" }
      + ["beside the automatic choice", "parameters", "standing"]
    let textColumns = ["what is different", "standing"]
    let rows = record.candidates.indices.map { number -> Markup in
      let candidate = record.candidates[number]
      let cells: [Markup] =
        [tag("td", ["class": "name text"], .text(candidate.text.printable))]
        + rungs.indices.map { tag("td", [:], .text(figures.accuracy(of: number, in: $0) ?? "")) }
        + [
          tag("td", ["class": "wraps"], .text(figures.comparison(of: number) ?? "")),
          tag("td", [:], .text(Figures.count(candidate.parameterCount))),
          tag("td", ["class": "text"], .text(figures.standing(of: number))),
        ]
      return tag(
        "tr", ["class": record.verdict?.winner == number ? "best" : nil],
        [tag("th", ["scope": "row"], .text(String(number)))] + cells)
    }
    return PageSection(
      id: "candidates", title: "Candidates",
      content: [
        .table(
          "Each candidate, and how far it came", style: "runs",
          columns: heading.map { .column($0, style: textColumns.contains($0) ? "text" : nil) }, rows: rows),
        note(
          "Accuracy on the validation images with the interval that holds the true share with 95 % confidence. "
            + "Better and worse are images that only the candidate, or only the automatic choice, gets right; p is how "
            + "likely such a difference is between two that are equally good (McNemar's exact test). The best of many is "
            + "a little better by luck on the images that it was chosen by, so this says who is compared with the "
            + "automatic choice, not who wins."),
      ])
  }

  /// The best other candidate beside the automatic choice, on images that no candidate was chosen by.
  static func comparisons(_ figures: TuningFigures) -> PageSection? {
    let comparisons = figures.comparisons
    guard !comparisons.isEmpty else { return nil }
    let heading = ["fold", "automatic choice", "best other candidate", "beside the automatic choice"]
    let rows = comparisons.map { item in
      tag(
        "tr", [:],
        [tag("th", ["scope": "row"], .text(String(item.fold)))]
          + [item.automatic, item.other, item.comparison].map { tag("td", [:], .text($0)) })
    }
    return PageSection(
      id: "comparison", title: "The best beside the automatic choice",
      content: [
        .table(
          "On the same images, fold by fold", columns: heading.map { .column($0) }, rows: rows),
        note(
          "Both were trained once more from the beginning, for "
            + "\(Figures.count(figures.record.state.comparisonEpochs, "epoch"))"
            + (figures.record.otherImages > 0
              ? ", and judged by images that no candidate was chosen by, others in each fold. The candidate wins where p of all of "
                + "them together is at most \(McNemarTest.level)."
              : ", and judged by the same images, since there are no others: what p must not exceed is "
                + "\(McNemarTest.level) divided by the number of candidates tried.")),
      ])
  }

  /// What each move was worth.
  static func worth(_ figures: TuningFigures) -> PageSection? {
    let worths = figures.worths
    guard !worths.isEmpty else { return nil }
    let rows = worths.map { worth in
      let difference = worth.difference.map {
        ($0 < 0 ? "−" : "+") + Figures.fixed(abs($0) * 100, 1) + " points"
      }
      let cells = [
        worth.text, worth.candidates.map(String.init).joined(separator: ", "), difference ?? "–",
        worth.lastRung.map { "rung \($0 + 1) of \(figures.record.state.rungs.count)" } ?? "–",
      ]
      return tag(
        "tr", [:],
        [tag("th", ["scope": "row"], .text(worth.axis))] + cells.map { tag("td", [:], .text($0)) })
    }
    let heading = ["setting", "came to", "candidates", "beside auto in the first rung", "came as far as"]
    return PageSection(
      id: "worth", title: "What each setting was worth",
      content: [
        .table(
          "Each move beside the automatic choice", columns: heading.map { .column($0) }, rows: rows),
        note(
          "The mean over all candidates that had it, whatever else they had: a hint, since most moved several settings and "
            + "were trained for a short while."),
      ])
  }

  /// How the candidates learned.
  static func candidateCurves(_ record: TuningRecord) -> PageSection? {
    guard record.curves.contains(where: { !$0.isEmpty }) else { return nil }
    func plot(_ title: String, _ scale: LinePlot.Scale, _ value: (EpochReport) -> Double?) -> Markup {
      LinePlot(
        title: title, scale: scale,
        series: record.curves.enumerated().map { number, reports in
          LinePlot.Series(
            name: number == 0 ? "auto" : String(number), color: number + 1, points: reports.points(value))
        }.filter { !$0.points.isEmpty }
      ).markup
    }
    return PageSection(
      id: "learning", title: "Learning",
      content: [
        .key(
          record.curves.indices.map { number in
            number == 0 ? "auto" : "\(number): \(record.candidates[number].text)".printable
          }),
        .plots([
          plot("Validation accuracy", .share) { $0.validation?.accuracy },
          plot("Validation loss", .number) { $0.validation?.mean },
          plot("Training loss", .number) { $0.training.mean },
          plot("Learning rate", .number) { $0.learningRate },
        ]),
        .note(
          "Each candidate's learning rate follows a whole training of \(record.plan.searchEpochs) epochs; what is "
            + "validated is a moving average of the weights, since the weights themselves wander until the rate has fallen."
        ),
      ])
  }

  /// What to do with the results.
  static func tuningCommands(_ figures: TuningFigures, in folder: TuningFolder) -> PageSection {
    var content: [Markup] = []
    if let winner = figures.record.winner {
      let rows = winner.settings.map { setting in
        tag(
          "div", ["class": "given"], tag("dt", [:], .text(setting.key)),
          tag("dd", [:], .text(setting.text.printable)))
      }
      content = [
        tag("p", [:], "This command trains the winner:"),
        tag("pre", [:], .text("millrace train --config \(shellQuoted(folder.best))".printable)),
      ]
      if !rows.isEmpty {
        content += [
          tag("p", [:], "What is different in it from the automatic choice:"),
          tag("dl", ["class": "settings"], rows),
        ]
      }
    }
    content += [
      tag(
        "p", [:],
        .text(
          figures.record.budgetSeconds == nil
            ? "This command repeats the search, to the bit:"
            : "This command searches once more; the clock has a say in how far it comes:")),
      tag("pre", [:], .text(figures.command(in: folder).printable)),
    ]
    return PageSection(id: "commands", title: "The winner", content: content)
  }

  /// The automatic choice, from which the search moved.
  static func automaticChoice(_ record: TuningRecord) -> PageSection {
    let standard = Dictionary(
      uniqueKeysWithValues: TrainingConfiguration(data: "").resolvedSettings.map { ($0.key, $0.text) })
    let rows = ConfigurationSetting.all.compactMap { setting in
      record.settings[setting.key].map { text in
        let reason = record.choices[setting.key]
        let isGiven = reason == nil && text != standard[setting.key]
        return tag(
          "div", ["class": isGiven ? "given" : nil], tag("dt", [:], .text(setting.key)),
          tag(
            "dd", [:],
            [.text(text.printable)] + (reason.map { [tag("small", [:], .text($0.printable))] } ?? [])))
      }
    }
    return PageSection(
      id: "automatic", title: "The automatic choice",
      content: [
        tag("dl", ["class": "settings"], rows),
        note("Bold: what was given. Small: why the program has chosen a value."),
      ])
  }
}
