import Foundation
import MillraceImages
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

struct EpochExaminationTests {
  @Test func `What is told of an epoch agrees with its figures, its weights and its data`() throws {
    let images = try ImageFolder(classes: 3, countPerClass: 30)
    var configuration = try DeterminismTests.configuration(images)
    configuration.validationFraction = 0.4
    var samples: [[TrainingSample]] = []
    var examined: [EpochExamination] = []
    let run = try TrainingRun(configuration, output: nil)
    let validation = try #require(run.validation)
    let summary = try run.train { event in
      switch event {
      case .samplesDrawn(let drawn): samples.append(drawn)
      case .epochExamined(let examination): examined.append(examination)
      case .epochFinished(let report):
        let seen = examined.last?.validation
        #expect(examined.last?.epoch == report.epoch)
        let cells = seen?.confusion?.cells ?? []
        #expect(cells.reduce(0) { $0 + $1.count } == report.validation?.count)
        #expect(
          cells.reduce(0) { $0 + ($1.actual == $1.predicted ? $1.count : 0) } == report.validation?.correct)
        for mistake in seen?.mistakes ?? [] {
          #expect(validation.path(of: mistake.sample) == mistake.path)
          #expect(
            mistake.actual == validation.label(of: mistake.sample) && mistake.actual != mistake.predicted)
          #expect(mistake.confidence >= mistake.share)
          #expect(mistake.picture?.width == 10)
        }
        let confidences = seen?.mistakes.map(\.confidence) ?? []
        #expect(confidences == confidences.sorted(by: >))
        #expect(
          confidences.count == min(24, (report.validation?.count ?? 0) - (report.validation?.correct ?? 0)))
      default: break
      }
    }
    #expect(examined.count == 2)
    #expect(samples.count == 1 && samples[0].count == 10)
    for sample in samples.joined() {
      #expect(sample.path.contains("/class\(sample.label)/") && sample.picture.width == 10)
    }
    let best = examined[summary.best.epoch].firstLayer
    #expect(best.unitCount == 24 && best.units.count == 24 && best.units[0].count == 300)
    let isFirstSlice = Array(best.units.joined()) == Array(summary.model.parameters.prefix(24 * 300))
    #expect(isFirstSlice && best == summary.model.firstLayerWeights)
  }

  @Test func `The first minibatch is shown as it is trained on, mixed with its partners`() throws {
    let images = try ImageFolder(classes: 2, countPerClass: 12)
    var configuration = try DeterminismTests.configuration(images)
    var pictures: [[Image]] = []
    for policy in ["none", "rotate:±40", "mixup:1"] {
      configuration.augment = try AugmentationPolicy(parsing: policy)
      try TrainingRun(configuration, output: nil).train { event in
        if case .samplesDrawn(let samples) = event { pictures.append(samples.map(\.picture)) }
      }
    }
    let differ = pictures[0] != pictures[1] && pictures[0] != pictures[2] && pictures[1] != pictures[2]
    #expect(pictures.count == 3 && differ)
  }

  @Test func `A gradient's histogram counts every element`() throws {
    let images = try ImageFolder()
    try TrainingRun(try DeterminismTests.configuration(images), output: nil).train { event in
      guard case .epochFinished(let report) = event else { return }
      for weights in report.statistics?.weights ?? [] {
        #expect(weights.gradientHistogram.reduce(0, +) == weights.histogram.reduce(0, +))
        #expect(weights.gradientRange.lowerBound < 0 && weights.gradientRange.upperBound > 0)
      }
    }
  }
}
