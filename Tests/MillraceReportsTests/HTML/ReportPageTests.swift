import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining

struct ReportPageTests {
  /// A record of three epochs with everything in it.
  static func record(classes: [String], path: String = "photos/1.jpg") -> RunRecord {
    var start = TrainingStart.sample(folder: nil)
    start.classes = classes
    var record = RunRecord(start)
    let picture = Image(width: 2, height: 1, channels: .rgb, pixels: [1, 2, 3, 4, 5, 6])
    record.samples = [RunRecord.Sample(TrainingSample(path: path, label: 0, picture: picture))]
    for epoch in 0..<3 {
      var report = EpochReport.sample(epoch: epoch)
      report.validation = LossSum(
        mean: 0.5 - 0.1 * Double(epoch % 2), accuracy: 0.9 + 0.012 * Double(epoch % 2))
      report.isBest = epoch < 2
      report.statistics = NetworkStatistics(
        gradientNorm: 0.125 + Double(epoch),
        weights: [
          WeightStatistics(
            name: "0.dense.weight", count: 4, range: -3...4, mean: 0.5, deviation: 3.5, zeros: 0.25,
            gradientNorm: 1, histogram: [1, 3])
        ], rectified: [RectifiedStatistics(name: "0.dense", dead: 0.5)])
      var confusion = ConfusionMatrix(classCount: classes.count)
      for label in classes.indices { confusion.add(actual: label, predicted: label, count: 40 + epoch) }
      confusion.add(actual: 0, predicted: classes.count - 1, count: 7)
      var calibration = Calibration()
      calibration.add(confidence: 0.9, isCorrect: true)
      let mistakes = [(0.99, 1), (0.75, 0)].map { confidence, label in
        Mistake(
          sample: label, path: path, actual: label, predicted: classes.count - 1 - label,
          confidence: Float(confidence), share: 0.01, picture: picture)
      }
      let weights = FirstLayerWeights(
        size: ImageSize(width: 2, height: 1), channels: .rgb, unitCount: 9, units: [[1, 0.5, 0, 0.5, 0, 0]])
      record.add(
        report,
        examination: EpochExamination(
          epoch: epoch, firstLayer: weights,
          validation: ValidationExamination(
            confusion: confusion, mistakes: mistakes, calibration: calibration)))
    }
    record.state = .finished
    return record
  }

  private func read(_ record: RunRecord, name: String = "1") throws -> PageReader {
    try #require(PageReader(ReportPage(name: name, folder: "runs/\(name)", record: record).html))
  }

  @Test func `What files and classes are called does not become markup`() throws {
    let hostile = "<script>alert('x')</script>\"&\n\u{7}"
    var record = Self.record(classes: [hostile, "<b>dog"], path: "a/<img src=x onerror=alert(1)>.png")
    record.add(SkippedSample(sample: 1, path: hostile, reason: hostile))
    record.add(notice: hostile)
    record.settings.append(RunRecord.Setting(key: hostile, text: hostile))
    let reader = try read(record, name: hostile)
    #expect(
      reader.count("script") == 0 && reader.count("b") == reader.count("div", class: "tile")
        && reader.count("b") > 0)
    #expect(!reader.elements.contains { $0.attributes.keys.contains { $0.hasPrefix("on") } })
    #expect(reader.text.contains("<script>alert('x')</script>"))
  }

  @Test func `Bold is what was given, and what the program has chosen says why`() throws {
    var start = TrainingStart.sample(folder: nil)
    var configuration = TrainingConfiguration(data: "photos")
    configuration.imageSize = ImageSize(width: 32, height: 32)
    configuration.optimization.optimizer = OptimizerConfiguration(.momentum)
    configuration.batchNormalization = .none
    configuration.seed = 7
    start.configuration = configuration.chosen(for: .unknown)
    let reader = try read(RunRecord(start))
    // Data, size, optimiser, batch-norm and seed were given; it does not matter that the size would also have been
    // chosen.
    #expect(reader.count("div", class: "given") == 5)
    #expect(reader.text.contains("usual for momentum and 3072 inputs"))
  }

  @Test func `The page fetches nothing and runs nothing`() throws {
    let reader = try read(Self.record(classes: ["cat", "dog"]))
    #expect(reader.fetched.isEmpty)
    #expect(reader.count("script") == 0 && reader.count("iframe") == 0)
    // There are a sample, two mistakes and a unit.
    #expect(reader.count("img") == 4)
    #expect(reader.elements.filter { $0.name == "img" }.allSatisfy { $0.attributes["alt"]?.isEmpty == false })
  }

  @Test func `Figures are those of the best epoch and of every epoch`() throws {
    let record = Self.record(classes: ["cat", "dog"])
    let text = try read(record).text
    // The second epoch is the best, so its validation, confusion and calibration are shown.
    for figure in [
      "91.20 %", "0.4000", "kept epoch, best by accuracy and loss: 2", "Validation of epoch 2",
      "training, epoch 3: 0.3123",
      "validation, epoch 1: 90.00 %", "gradient norm, epoch 3: 2.125", "0.dense.weight, epoch 1: 25.00 %",
      "0.dense, epoch 2: 50.00 %", "workers for images, epoch 1: 3.00 %",
      "loaders for room, epoch 1: 40.00 %", "images a second, epoch 1: 12,345",
      "learning rate, epoch 1: 0.05",
      "millrace train --config runs/1/config.yaml",
    ] {
      let isThere = text.contains(figure)
      #expect(isThere, "\(figure)")
    }
    let matrix = try #require(record.validation?.matrix(classes: 2))
    #expect(matrix == ConfusionMatrix(rows: [[41, 7], [0, 41]]))
    #expect(text.contains(Figures.percent(matrix.recall(of: 0))) && text.contains("0.921"))
    #expect(record.validation?.mistakes.map(\.confidence) == [0.99, 0.75])
  }

  @Test(arguments: [2, 24, 25, 100])
  func `A confusion matrix is a table of few classes, and a picture of many`(count: Int) throws {
    let classes = (0..<count).map { "class \($0)" }
    let reader = try read(Self.record(classes: classes))
    #expect(reader.count("table", class: "confusion") == (count <= 24 ? 1 : 0))
    // A picture's axes have names; a table's corner says the same.
    #expect(reader.text.contains(count <= 24 ? "true ╲ taken for" : "true class"))
    let cells = reader.count("rect", class: "right") + reader.count("rect", class: "wrong")
    #expect(cells == (count <= 24 ? 0 : count + 1))
    #expect(reader.text.contains("class \(count - 1)"))
  }

  @Test func `A run without validation, or without an epoch, has a page, too`() throws {
    var record = RunRecord(TrainingStart.sample(folder: nil))
    #expect(try read(record).text.contains("no epoch is done yet"))
    record.add(EpochReport.sample(epoch: 0, validated: false), examination: nil)
    let reader = try read(record)
    #expect(reader.text.contains("training, epoch 1: 91.20 %") && !reader.text.contains("validation, epoch"))
    #expect(reader.elements.contains { $0.attributes["http-equiv"] == "refresh" })
    record.state = .stopped
    #expect(try !read(record).elements.contains { $0.attributes["http-equiv"] == "refresh" })
  }

  @Test func `What says nothing is left out, and what matters comes first`() throws {
    var record = Self.record(classes: ["cat", "dog"])
    record.trainingCounts = [120, 30]
    let text = try read(record).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("91.2 % 89.3 to 92.8 % at 95 % validation accuracy"))
    #expect(text.contains("53.9 % share of the largest class"))
    #expect(!text.contains("could not be used") || text.contains("Every file could be used"))
    #expect(text.contains("validation images training images"))
    #expect(text.contains("48 120") && text.contains("41 30"))
    #expect(text.contains("50 % of the units of 0.dense were zero for a whole minibatch"))
    #expect(text.contains("confidence images mean confidence right 87–93 % 1 90.0 % 100.0 %"))
  }

  @Test(arguments: [2, 31]) func `Each table has a caption, each column and plot a name`(count: Int) throws {
    let record = Self.record(classes: (0..<count).map { "class \($0)" })
    let reader = try read(record)
    #expect(reader.count("table") >= 2 && reader.count("table") == reader.count("caption"))
    let named = reader.elements.filter { $0.attributes["role"] == "img" || $0.attributes["role"] == "region" }
    #expect(named.count > 8 && named.allSatisfy { $0.attributes["aria-label"]?.isEmpty == false })
    // The ends of the curves are described for readers who do not see them.
    let labels = named.compactMap { $0.attributes["aria-label"] }
    #expect(labels.contains("Loss: training 0.3123 at epoch 3, validation 0.5 at epoch 3"))
    // A table with more rows than a screen shows at once scrolls by itself.
    #expect(reader.count("div", class: "long") == (count > 30 ? 1 : 0))
  }

  @Test func `A first layer of noise is not shown`() throws {
    var record = Self.record(classes: ["cat", "dog"])
    // Nothing can be seen in the layer after 2,000 steps on 300 photographs, whose smoothness is 0.12.
    record.firstLayer?.smoothness = 0.12
    #expect(try !read(record).text.contains("First layer"))
    record.firstLayer?.smoothness = 0.6
    #expect(try read(record).text.contains("First layer"))
  }

  @Test func `An evaluation is shown above the validation`() throws {
    var record = Self.record(classes: ["cat", "dog"])
    record.add(RunRecord.EvaluationRecord(data: "photos/test", count: 100, correct: 50, loss: 1))
    record.add(RunRecord.EvaluationRecord(data: "photos/test", count: 100, correct: 88, loss: 0.4))
    #expect(record.tests.count == 1)
    let text = try read(record).text
    #expect(
      text.contains("accuracy on photos/test") && text.contains("88.0 %") && text.contains("80.2 to 93.0 %"))
  }

  @Test func `Histograms are those of the last epoch that was measured, and of the first`() throws {
    var record = Self.record(classes: ["cat", "dog"])
    func measured() -> [Int] {
      record.epochs.indices.filter { record.epochs[$0].statistics?.weights.first?.histogram.isEmpty == false }
    }
    #expect(measured() == [0, 2])
    // A refit may end within an epoch.
    record.add(EpochReport.sample(epoch: 0, validated: false), examination: nil)
    #expect(measured() == [0, 2])
    let reader = try read(record)
    #expect(reader.text.contains("After epoch 3 of the training on all images") == false)
    #expect(reader.text.contains("After epoch 3; outlined: after the first epoch."))
    #expect(reader.count("rect", class: "f1") > 2)
    var report = record.epochs[2]
    report.epoch = 1
    record.add(report, examination: nil)
    #expect(measured() == [0, 4])
    #expect(try read(record).text.contains("After epoch 2 of the training on all images; outlined"))
  }

  @Test func `A refit is a curve of its own, and what was validated stays`() throws {
    var record = Self.record(classes: ["cat", "dog"])
    var report = EpochReport.sample(epoch: 0, validated: false)
    report.training = LossSum(mean: 0.777, accuracy: 0.5)
    record.add(report, examination: nil)
    let text = try read(record).text
    #expect(record.best?.epoch == 1 && record.search.count == 3)
    #expect(text.contains("refit on all images, epoch 1: 0.777") && text.contains("Validation of epoch 2"))

    // The tiles show what was measured, and on which images: no image is left that the model has not learned from.
    record.state = .finished
    let page = try read(record).text
    #expect(page.contains("Finished: 4 epochs, the last 1 of them afresh on all images."))
    #expect(page.contains("0.7770") && page.contains("50.00 %") && page.contains("best epoch"))
    #expect(page.contains("validation accuracy before the training on all images"))
  }
}
