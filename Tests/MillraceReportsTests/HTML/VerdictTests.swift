import Foundation
import MillraceNetwork
import Testing

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining

/// A page's verdict in words, and that it is silent where there is nothing to say.
struct VerdictTests {
  private func words(_ record: RunRecord, folder: String = "runs/1") throws -> String {
    let reader = try #require(
      PageReader(ReportPage(name: "1", folder: folder, record: record).html))
    return reader.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// A record of a run with these losses and no dead unit.
  private func record(
    training: [Double], validation: [Double], right: [Double]? = nil, kept: Int? = nil
  ) -> RunRecord {
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    let template = record.epochs[0]
    record.epochs = training.indices.map { epoch in
      var report = template
      report.epoch = epoch
      report.training = LossSum(mean: training[epoch], accuracy: 0.9)
      report.validation = LossSum(mean: validation[epoch], accuracy: right?[epoch] ?? 0.9)
      report.isBest = epoch == kept ?? training.count - 1
      report.statistics?.rectified = [RectifiedStatistics(name: "0.dense", dead: 0)]
      return report
    }
    return record
  }

  private var overfitted: RunRecord {
    record(
      training: (0..<30).map { 2 / Double($0 + 1) },
      validation: (0..<30).map { 1 + abs(Double($0) - 9) * 0.02 })
  }

  @Test func `The first lines of a page are the last ones of the training`() throws {
    for record in [overfitted, ReportPageTests.record(classes: ["cat", "dog"])] {
      let advice = try #require(record.advice)
      let ending = SummaryEnding(
        folder: "runs/my run", skipped: [], warned: 0, model: nil, report: nil, advice: advice, next: nil
      ).entries
      let curves = try #require(ending.first { $0.0 == "curves" }?.1)
      let next = try #require(ending.first { $0.0 == "next" }?.1)
      let said = try words(record, folder: "runs/my run")
      let head = try #require(said.range(of: "Learning Confusion").map { said[..<$0.lowerBound] })
      #expect(head.contains(curves.dropFirst()) && head.contains(next))
    }
  }

  @Test func `Beside the accuracy stand its interval and the largest class`() throws {
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    #expect(
      try words(record).contains(
        "91.2 % (89.3–92.8) of 1,000 validation images are classified correctly; always answering with the largest "
          + "class would be right for 53.9 %."))
    record.add(RunRecord.EvaluationRecord(data: "photos/other", count: 50, correct: 40, loss: 1))
    record.add(RunRecord.EvaluationRecord(data: "photos/test", count: 100, correct: 88, loss: 0.4))
    let said = try words(record)
    #expect(said.contains("88.0 % (80.2–93.0) of 100 images of photos/test are classified correctly."))
    // The verdict uses the newest; earlier ones are not lost.
    #expect(said.contains("accuracy on photos/other 80.0 % (67.0–88.8)"))
    record.add(EpochReport.sample(epoch: 0, validated: false), examination: nil)
    #expect(
      try words(record).contains(
        "images were classified correctly before the training on all images"))
  }

  @Test(arguments: [RunRecord.State.running, .stopped])
  func `A run that has not come to its end has no verdict`(state: RunRecord.State) throws {
    var record = overfitted
    #expect(try words(record).contains("It has overfitted since epoch 10"))
    record.state = state
    let said = try words(record)
    #expect(!said.contains("overfitted") && !said.contains("classified correctly"))
  }

  @Test func `Overfitting is said where the losses are drawn, with the epoch that was kept`() throws {
    let said = try words(overfitted)
    let section = try #require(said.range(of: "Configuration Learning ").map { said[$0.upperBound...] })
    #expect(
      section.hasPrefix(
        "It has overfitted since epoch 10: the validation loss rose from 1 to 1.38. The training loss went on falling: "
          + "what is learned from there on is memorised. The weights that were kept are later ones, those of "
          + "epoch 30. Loss"))
    // A settled run needs no words there.
    let calm = record(training: [2, 1.1, 1, 1, 1, 1], validation: [2, 1.1, 1, 1, 1, 1])
    let page = try words(calm)
    #expect(page.contains("Configuration Learning Loss"))
  }

  @Test func `A model that names one class is told so at the confusion and at the classes`() throws {
    var record = record(
      training: [2, 1.1, 1, 1, 1, 1], validation: [2, 1.1, 1, 1, 1, 1], right: Array(repeating: 0.5, count: 6)
    )
    #expect(try !words(record).contains("are taken for"))
    record.validation?.confusion = [[0, 0, 500], [1, 0, 500]]
    let said = try words(record)
    let confusion = try #require(said.range(of: "Configuration Learning ").map { said[$0.upperBound...] })
    #expect(
      confusion.contains(
        "Confusion 50 % right is no better than always answering with the largest class (50 %). 100.0 % of the images are "
          + "taken for cat, which 50.0 % of them are."))
    // Nor is it mentioned where most images belong to that class, and the others are named, too.
    record.validation?.confusion = [[0, 0, 920], [1, 0, 10], [1, 1, 70]]
    #expect(try !words(record).contains("are taken for"))
    record.validation?.confusion = [[0, 0, 920], [1, 0, 70], [1, 1, 10]]
    #expect(try words(record).contains("99.0 % of the images are taken for cat, which 92.0 % of them are."))
    #expect(confusion.contains("Classes No image was taken for 1 class: dog. The weakest class first"))
  }

  @Test func `Plots of nothing are not drawn, and dead units are said above theirs`() throws {
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    let dead = try words(record)
    let sentence = try #require(dead.range(of: "50 % of the units of 0.dense were zero"))
    let plot = try #require(dead.range(of: "Dead units"))
    #expect(sentence.lowerBound < plot.lowerBound && dead.contains("Share of zero weights"))
    for i in record.epochs.indices {
      record.epochs[i].statistics?.rectified = [RectifiedStatistics(name: "0.dense", dead: 0)]
      record.epochs[i].statistics?.weights[0].zeros = 0.0001
    }
    let alive = try words(record)
    #expect(
      !alive.contains("Dead units") && !alive.contains("Share of zero weights")
        && !alive.contains("0.0 % zero"))
    #expect(alive.contains("Gradient norm"))
  }

  @Test func `The epochs that are best by accuracy and by loss are marked, and the kept one`() throws {
    let accuracies = [0.5, 0.8, 0.6, 0.6]
    let losses = [2, 1.5, 1, 1.2]
    func said(_ kept: Int) throws -> String {
      try words(record(training: losses, validation: losses, right: accuracies, kept: kept))
    }
    let last = try said(3)
    #expect(
      last.contains("kept epoch: 4") && last.contains("best by accuracy: 2")
        && last.contains("best by loss: 3"))
    let first = try said(1)
    #expect(first.contains("kept epoch, best by accuracy: 2") && first.contains("best by loss: 3"))
    // Of epochs with equal figures, the kept one is the best.
    let equal = try words(record(training: [1, 1], validation: [1, 1], kept: 1))
    #expect(equal.contains("kept epoch, best by accuracy and loss: 2") && !equal.contains("best by loss"))
  }

  @Test func `An accuracy of an unknown number of images has no interval`() throws {
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    for i in record.epochs.indices {
      record.epochs[i].validation = LossSum(mean: 0.4, accuracy: 0.9, count: MetricsRows.sampleCount)
    }
    record.validationCount = 200
    #expect(record.validated?.text() == "90.0 % (85.1–93.4)")
    record.validationCount = nil
    #expect(record.validated?.text() == "90.0 %" && record.validated?.interval == nil)
    #expect(try !words(record).contains("at 95 %"))
  }
}
