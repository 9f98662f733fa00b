import MillraceImages
import MillraceNetwork
import MillracePipeline
import MillraceReports
import Testing

@testable import MillraceModels
@testable import MillraceTraining

struct ResultTextTests {
  /// The outputs that give the confusion below; of the 960 cats and 190 dogs that are right, the surest are right.
  private static let outputs = {
    var outputs = LabelledOutputs(classCount: 2)
    for (label, predicted, count) in [(0, 0, 960), (0, 1, 40), (1, 0, 10), (1, 1, 190)] {
      let sure: Float = label == predicted ? 0.75 : 0.625
      for _ in 0..<count {
        outputs.add(label: label, outputs: predicted == 0 ? [sure, 1 - sure] : [1 - sure, sure])
      }
    }
    return outputs
  }()

  private static let calibration = {
    var calibration = Calibration()
    calibration.add(confidence: 0.75, isCorrect: true, count: 1150)
    calibration.add(confidence: 0.625, isCorrect: false, count: 50)
    return calibration
  }()

  private let evaluation = Evaluation(
    count: 1200, loss: 0.12345, accuracy: 0.9583,
    topK: [TopKAccuracy(k: 1, accuracy: 0.9583), TopKAccuracy(k: 2, accuracy: 1)],
    classes: [
      ClassReport(name: "cat", count: 1000, precision: 0.99, recall: 0.96, f1: 0.975),
      ClassReport(name: "dog", count: 200, precision: 0.8, recall: 0.95, f1: 0.869),
    ],
    confusion: ConfusionMatrix(rows: [[960, 40], [10, 190]]), calibration: Self.calibration, mistakes: [],
    skipped: [SkippedSample(sample: 3, path: "data/cat/3.png", reason: "the file is empty")],
    outputs: Self.outputs)

  @Test func anEvaluationIsFiguresClassesConfusionAndBadFiles() {
    let figures = EvaluationFigures(evaluation)
    #expect(
      EvaluationText(evaluation, figures).lines(width: 70) == [
        "images                1,200",
        "loss                 0.1235",
        "accuracy            95.83 %  (94.55–96.83)",
        "top-2 accuracy     100.00 %",
        "calibration error   26.56 %  (26.12–27.00)",
        "surest 96 %        100.00 %  from 75.0 % on",
        "",
        "class             images  precision  recall     F1  ROC AUC      AP",
        "cat                1,000     99.0 %  96.0 %  0.975   0.9980  0.9996",
        "dog                  200     80.0 %  95.0 %  0.869   0.9980  0.9917",
        "macro average      1,200     90.8 %  95.5 %  0.929   0.9980  0.9956",
        "weighted average   1,200     96.2 %  95.8 %  0.959   0.9980  0.9983",
        "",
        "confusion: rows true, columns predicted",
        "    cat dog",
        "cat 960  40",
        "dog  10 190",
        "",
        "1 file could not be used and did not count:",
        "  data/cat/3.png: the file is empty",
      ])
  }

  private let prediction = Prediction(
    path: "photos/somewhere/deep/1.jpg",
    ranked: [RankedClass(name: "cat", probability: 0.98), RankedClass(name: "tabby", probability: 0.02)])

  @Test func aPredictionIsARow() {
    let rows = PredictionRows(classes: ["cat", "tabby"], topK: 2, width: nil)
    #expect(rows.heading == ["class   prob.  class   prob.  path"])
    #expect(rows.lines(prediction) == ["cat    98.0 %  tabby   2.0 %  photos/somewhere/deep/1.jpg"])
  }

  @Test func aPredictionsPathIsCutAtItsStart() {
    let rows = PredictionRows(classes: ["cat", "tabby"], topK: 1, width: 32)
    #expect(rows.lines(prediction) == ["cat    98.0 %  …where/deep/1.jpg"])
  }

  @Test func aPredictionTakesLinesWhereARowIsTooNarrow() {
    let rows = PredictionRows(classes: ["cat", "tabby"], topK: 2, width: 30)
    #expect(rows.heading.isEmpty)
    #expect(rows.lines(prediction) == ["photos/somewhere/deep/1.jpg", "  cat    98.0 %", "  tabby   2.0 %"])
  }

  @Test func aSummaryNamesTheModelAndTheNextStep() throws {
    let network = NetworkConfiguration(inputCount: 1, hidden: [], outputCount: 2)
    var summary = TrainingSummary(
      folder: "runs/1", modelPath: "runs/1/model.safetensors",
      model: Model(
        network: network, classes: ["a", "b"],
        preprocessing: try Preprocessing(size: ImageSize(width: 1, height: 1), channels: .gray),
        parameters: [0, 0, 0, 0]),
      best: .sample(epoch: 2), epochs: 20, seconds: 98, skipped: evaluation.skipped, warned: 3)
    #expect(
      SummaryText(summary, next: NextStep("predict", "runs/1", "my photos/it's one.jpg")).lines == [
        "trained     20 epochs in 1:38",
        "best epoch  3",
        "training    loss 0.3123, accuracy 91.20 %",
        "validation  loss 0.2800, accuracy 92.10 % (90.26–93.62)",
        "skipped     1 file, listed in runs/1/bad-files.csv",
        "warnings    3 files decoded with warnings",
        "model       runs/1/model.safetensors",
        "next        millrace predict runs/1 'my photos/it'\\''s one.jpg'",
      ])

    // The figures of validated weights are not those of weights that were trained afresh.
    summary.refit = EpochReport.sample(epoch: 4, validated: false)
    summary.refit?.training = LossSum(mean: 0.5, accuracy: 0.75)
    summary.best.phase = .sparse
    #expect(
      SummaryText(summary).lines.prefix(4) == [
        "trained     20 epochs in 1:38, the last 5 of them afresh on all images",
        "best epoch  3, in the sparse phase",
        "training    loss 0.5000, accuracy 75.00 %",
        "validation  loss 0.2800, accuracy 92.10 % (90.26–93.62), before the model learned from these images, too",
      ])
  }

  @Test(arguments: [30, 60, 100]) func theListOfAugmentationsFitsAndLeavesNoneOut(width: Int) {
    let lines = AugmentationListText.lines(AugmentationRegistry.descriptors, width: width)
    for name in AugmentationRegistry.names {
      #expect(lines.contains { $0.hasPrefix("  \(name)  ") || $0 == "  \(name)" }, "\(name)")
    }
    // A single word may be longer than a line.
    #expect(lines.allSatisfy { $0.displayWidth <= max(width, 60) })
  }
}
