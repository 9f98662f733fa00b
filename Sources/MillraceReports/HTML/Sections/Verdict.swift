import MillraceModels
import MillraceTraining

/// The result of a run in words: how often its model is right, compared with always naming the largest class, what
/// the curves say, and the next command that they advise. The last lines of `train` follow the same rules.
struct Verdict {
  let record: RunRecord
  /// The run's folder, for the command.
  let folder: String

  /// The verdict's markup; empty before the run is finished.
  var markup: Markup {
    guard record.state == .finished else { return .empty }
    let advice = record.advice
    let sentences =
      (advice.map { [tag("strong", [:], .text("\($0.sentence) "))] } ?? [])
      + [.text(figures.joined(separator: " "))]
    return .group([
      tag("p", ["class": "verdict"], sentences),
      (advice?.next(after: folder)).map {
        tag("p", [:], "What is most likely to help: ", tag("code", [:], .text("\($0)")))
      } ?? .empty,
    ])
  }

  /// How often the model was right, with a sentence for each set of images.
  private var figures: [String] {
    var sentences: [String] = []
    if let test = record.tests.last, let answers = test.answers {
      let images = "\(Figures.count(test.count, "image")) of \(test.data.printable)"
      sentences.append("\(answers.text()) of \(images) are classified correctly.")
    }
    if let answers = record.validated {
      let images =
        answers.counted.map { Figures.count($0.count, "validation image") } ?? "the validation images"
      let verb =
        record.hasRefit
        ? "were classified correctly before the training on all images" : "are classified correctly"
      var sentence = "\(answers.text()) of \(images) \(verb)"
      if let share = record.largestShare {
        sentence += "; always answering with the largest class would be right for \(Figures.percent(share))"
      }
      sentences.append(sentence + ".")
    }
    return sentences
  }
}

extension Advice {
  /// What the curves say, as a sentence.
  var sentence: String { "\(description.prefix(1).uppercased())\(description.dropFirst())." }

  /// The command of the run that is most likely to be better; nil where no other run is advised.
  ///
  /// - Parameter folder: The folder of the run whose curves these are.
  func next(after folder: String) -> NextStep? {
    flags.isEmpty
      ? nil : NextStep(["train", "--config", RunFolder(path: folder).configuration] + flags)
  }
}
