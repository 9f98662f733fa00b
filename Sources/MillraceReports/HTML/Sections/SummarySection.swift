import MillraceModels
import MillraceNetwork
import MillraceTraining

/// The head of a page: what the run is, how far it has come, and its figures at a glance.
struct SummarySection {
  let name: String
  /// The run's folder, for the advised command.
  let folder: String
  let record: RunRecord

  var markup: Markup {
    tag(
      "header", [:],
      tag("h1", [:], "\(record.ensemble?.title ?? "Run") ", PageSection.name(name)),
      tag("p", ["class": record.state == .stopped ? "status bad" : "status"], .text(status)),
      Verdict(record: record, folder: folder).markup,
      tag(
        "div", ["class": "tiles"],
        figures.map { .tile($0.text, interval: $0.interval, what: $0.what) }),
      tag(
        "dl", ["class": "facts"],
        facts.map { what, figure in
          tag("div", [:], tag("dt", [:], .text(what)), tag("dd", [:], .text(figure)))
        }))
  }

  /// How far the run has come, in a sentence.
  private var status: String {
    let done = record.search.count
    let planned = record.epochs.first?.epochs ?? 0
    let refit = record.refit.count
    if let ensemble = record.ensemble { return status(of: ensemble) }
    switch record.state {
    case .running:
      return done == 0
        ? "Running; no epoch is done yet. This page reloads itself every few seconds."
        : "Running: \(done) of \(Figures.count(planned, "epoch")) done"
          + (refit > 0 ? ", and \(refit) afresh on all images," : "") + " when this was written. "
          + "This page reloads itself every few seconds."
    case .stopped:
      return "Stopped after \(Figures.count(done, "epoch")) of \(planned)"
        + (refit > 0 ? " and \(refit) afresh on all images; " : "; ")
        + "millrace train --resume goes on with it where it left a checkpoint."
    case .finished:
      let time = record.seconds.map { " in \(Figures.duration($0))" } ?? ""
      return "Finished: \(Figures.count(done + refit, "epoch"))\(time)"
        + (refit > 0
          ? ", the last \(refit) of them afresh on all images. The validation is that of the training before, since "
            + "no images are left to validate the model on." : ".")
    }
  }

  private func status(of ensemble: EnsembleRecord) -> String {
    let done = ensemble.members.count { $0.seconds != nil }
    let networks = "\(done) of \(Figures.count(ensemble.memberCount, "network"))"
    switch record.state {
    case .running:
      return "Running: \(networks) done when this was written. This page reloads itself every few seconds."
    case .stopped: return "Stopped after \(networks); millrace train --resume goes on."
    case .finished:
      let time = record.seconds.map { " in \(Figures.duration($0))" } ?? ""
      return "Finished: \(Figures.count(done, "network"))\(time)."
    }
  }

  /// The main figures: how good the run's model is, beside the accuracy of always naming the largest class.
  private var figures: [Figure] {
    var figures: [Figure] = []
    if let test = record.tests.last, let answers = test.answers {
      figures.append(Figure(answers, what: "accuracy on \(test.data.printable)"))
    }
    if let answers = record.validated {
      figures.append(
        Figure(
          answers,
          what: "validation accuracy" + (record.hasRefit ? " before the training on all images" : "")))
    } else if let accuracy = record.ensemble?.accuracy {
      figures.append(
        Figure(text: Figures.percent(accuracy.mean), what: "validation accuracy of the networks, their mean"))
    } else if let model = record.model {
      figures.append(
        Figure(
          text: Figures.percent(model.training.accuracy), what: "training accuracy; nothing was validated"))
    }
    if let share = record.largestShare {
      figures.append(Figure(text: Figures.percent(share), what: "share of the largest class"))
    }
    return figures
  }

  /// The other facts, in small print. Those that are zero are left out.
  private var facts: [(String, String)] {
    var facts = record.tests.dropLast().reversed().compactMap { test in
      test.answers.map { ("accuracy on \(test.data.printable)", $0.text()) }
    }
    if let ensemble = record.ensemble {
      facts.append(("networks", Figures.count(ensemble.memberCount)))
      if let accuracy = ensemble.accuracy {
        facts.append(
          (
            ensemble.isCrossValidation ? "accuracy over folds" : "accuracy of each",
            Figures.accuracy(accuracy)
          ))
      }
      if let count = ensemble.together?.suspectCount {
        facts.append(("suspect labels", Figures.count(count)))
      }
    }
    if let best = record.best, !record.keepsLast {
      let phase = best.phase.map { ", in the \($0.rawValue) phase" } ?? ""
      if record.ensemble == nil {
        facts.append(("best epoch", "\(best.epoch + 1) of \(record.search.count)\(phase)"))
      }
    }
    if let model = record.model {
      if let validation = record.best?.validation {
        facts.append(("validation loss", Figures.fixed(validation.mean, 4)))
        facts.append(("training accuracy", Figures.percent(model.training.accuracy)))
      }
      facts.append(("training loss", Figures.fixed(model.training.mean, 4)))
    }
    if let calibration = record.validation?.calibration {
      facts.append(("calibration error", Figures.percent(calibration.expectedError)))
    }
    if let count = record.trainingCount { facts.append(("training images", Figures.count(count))) }
    if let count = record.validationCount, count > 0 {
      facts.append(("validation images", Figures.count(count)))
    }
    if let network = record.network { facts.append(("network", Figures.network(network))) }
    if let count = record.parameterCount { facts.append(("parameters", Figures.count(count))) }
    if let last = record.epochs.last {
      facts.append(("training images a second", Figures.rate(last.imagesPerSecond)))
    }
    if record.badFiles > 0 {
      facts.append(("files that could not be used", Figures.count(record.badFiles)))
    }
    return facts
  }
}

/// A figure in large print.
private struct Figure: Sendable {
  let text: String
  /// The range of the true figure with 95 % confidence.
  var interval: String?
  let what: String

  init(text: String, what: String) { (self.text, self.what) = (text, what) }

  init(_ answers: MeasuredAccuracy, what: String) {
    self.init(text: Figures.percent(answers.accuracy), what: what)
    interval = answers.interval.map {
      "\(Figures.fixed($0.lower * 100, 1)) to \(Figures.fixed($0.upper * 100, 1)) % at 95 %"
    }
  }
}
