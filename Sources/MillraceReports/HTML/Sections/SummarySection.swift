import Millrace

/// The head of a page: what the run is, how far it has come, and its figures at a glance.
struct SummarySection {
  let name: String
  let record: RunRecord

  var markup: Markup {
    tag(
      "header", [:],
      tag("h1", [:], "Run ", PageSection.name(name)),
      tag("p", ["class": record.state == .stopped ? "status bad" : "status"], .text(status)),
      tag(
        "div", ["class": "tiles"],
        figures.map { figure, what in
          tag("div", ["class": "tile"], tag("b", [:], .text(figure)), tag("span", [:], .text(what)))
        }))
  }

  /// How far it has come, in a sentence.
  private var status: String {
    let done = record.epochs.count
    let planned = record.epochs.first?.epochs ?? 0
    switch record.state {
    case .running:
      return done == 0
        ? "Running; no epoch is done yet. This page shows itself anew every few seconds."
        : "Running: \(done) of \(Figures.count(planned, "epoch")) done when this was written. "
          + "This page shows itself anew every few seconds."
    case .stopped:
      return "Stopped after \(Figures.count(done, "epoch")) of \(planned); "
        + "millrace train --resume goes on with it where it left a checkpoint."
    case .finished:
      let time = record.seconds.map { " in \(Figures.duration($0))" } ?? ""
      return "Finished: \(Figures.count(done, "epoch"))\(time)."
    }
  }

  private var figures: [(String, String)] {
    var figures: [(String, String)] = []
    if let best = record.best {
      if let validation = best.validation {
        figures.append((Figures.percent(validation.accuracy, digits: 2), "validation accuracy"))
        figures.append((Figures.fixed(validation.mean, 4), "validation loss"))
      }
      figures.append((Figures.percent(best.training.accuracy, digits: 2), "training accuracy"))
      figures.append((Figures.fixed(best.training.mean, 4), "training loss"))
      figures.append((String(best.epoch + 1), "best epoch"))
    }
    if let last = record.epochs.last {
      figures.append((Figures.rate(last.imagesPerSecond), "training images a second"))
    }
    if let calibration = record.validation?.calibration {
      figures.append((Figures.percent(calibration.expectedError), "expected calibration error"))
    }
    if let network = record.network {
      figures.append((Figures.widths(network.widths), "network"))
    }
    if let count = record.parameterCount { figures.append((Figures.count(count), "parameters")) }
    if let count = record.trainingCount { figures.append((Figures.count(count), "training images")) }
    if let count = record.validationCount, count > 0 {
      figures.append((Figures.count(count), "validation images"))
    }
    figures.append((Figures.count(record.badFiles), "files that could not be used"))
    return figures
  }
}
