import MillraceNetwork
import MillraceTraining

extension PageSection {
  /// How each member of an ensemble did.
  static func members(_ ensemble: EnsembleRecord, of record: RunRecord) -> PageSection? {
    guard !ensemble.members.isEmpty else { return nil }
    let columns = Column.all(keepsLast: record.keepsLast)
    let rows = ensemble.members.sorted { $0.number < $1.number }.map { member in
      let cells = columns.map { column in tag("td", [:], .text(column.text(member) ?? "–")) }
      return tag(
        "tr", [:],
        [
          tag(
            "th", ["scope": "row"],
            tag("a", ["href": "members/\(member.number)/report.html"], "\(ensemble.noun) \(member.number)"))
        ] + cells)
    }
    var content = [
      Markup.table(
        "Each \(ensemble.noun) by itself", style: "runs",
        columns: [.column(ensemble.noun)] + columns.map { .column($0.title) }, rows: rows)
    ]
    if let accuracy = ensemble.accuracy {
      content.append(
        note(
          ensemble.isCrossValidation
            ? "Accuracy over the folds: \(Figures.accuracy(accuracy))."
              + (record.keepsLast
                ? ""
                : " Each network's epoch was chosen by the images of its own fold, so its accuracy there is a little too good.")
            : "Accuracy of each network by itself\(record.hasRefit ? ", before the training on all images" : ""): "
              + "\(Figures.accuracy(accuracy))."))
    }
    return PageSection(
      id: "networks", title: ensemble.isCrossValidation ? "Folds" : "Networks", content: content)
  }
}

/// A column of the table of members.
private struct Column: Sendable {
  let title: String
  let text: @Sendable (EnsembleRecord.Member) -> String?

  static func all(keepsLast: Bool) -> [Column] {
    [
      Column(title: "validation accuracy") { member in
        member.best?.validation.map { Figures.accuracy(correct: $0.correct, of: $0.count) }
      },
      Column(title: "validation loss") { $0.best?.validation.map { Figures.fixed($0.mean, 4) } },
      Column(title: "training accuracy") { $0.best.map { Figures.percent($0.training.accuracy, digits: 2) } },
      keepsLast
        ? Column(title: "epochs") { Figures.count($0.epochs) }
        : Column(title: "best of epochs") { member in
          member.best.map { "\($0.epoch + 1) of \(member.epochs)" }
        },
      Column(title: "seed") { String($0.seed) },
      Column(title: "time") { $0.seconds.map(Figures.duration) },
    ]
  }
}
