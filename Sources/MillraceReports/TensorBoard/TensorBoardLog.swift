import Foundation
import MillraceImages
import MillraceModels
public import MillraceTraining

/// Writes `events.out.tfevents.*` into the run's folder for TensorBoard: scalars and histograms after each epoch,
/// the configuration as text, the settings for the HParams plugin, the first images as they are trained on, and
/// after each epoch that is the best so far the images about which the network was most sure and wrong.
///
/// A step is an epoch, counted from 1 like the rows of `metrics.csv`. A run that is resumed begins another file,
/// whose first event lets TensorBoard drop what will be written again.
public final class TensorBoardLog: TrainingObserver {
  private var file: EventFile?
  private var epoch = 0
  /// The worst mistakes of the validation whose epoch is about to be announced.
  private var mistakes: [Image] = []

  /// Writes into the run's folder, and nothing for a run without one.
  public init() {}

  /// Begins the file, or adds an epoch's events.
  public func receive(_ event: TrainingEvent) throws {
    if case .started(let start) = event {
      epoch = start.epochsTold
      file = try start.folder.map { try EventFile(in: $0) }
    }
    // Pictures are expensive, and a run without a folder has no place for them.
    if file == nil { return }
    switch event {
    case .started(let start): try begin(start)
    case .samplesDrawn(let samples):
      try append(PictureSummary.values("images/training", samples.map(\.picture)))
    case .epochExamined(let examination):
      mistakes = examination.validation?.mistakes.compactMap(\.picture) ?? []
    case .epochFinished(let report):
      epoch += 1
      try append(
        EpochSummary.values(report)
          + (report.isBest ? PictureSummary.values("images/worst mistakes", mistakes) : []))
    case .finished:
      try append([try RunSummary.end(at: Date().timeIntervalSince1970)])
    case .measuring, .notice, .stepFinished, .validating, .decodedWithWarnings, .fileSkipped,
      .checkpointSaved:
      break
    }
  }

  private func begin(_ start: TrainingStart) throws {
    if start.epochsTold > 0 {
      var event = self.event(atStep: start.epochsTold + 1)
      event.sessionLog.status = .start
      try file?.append([event])
    }
    try append([
      RunSummary.configuration(start.configuration),
      try RunSummary.start(start.configuration, at: Date().timeIntervalSince1970),
    ])
  }

  private func append(_ values: [TensorBoardSummary.Value]) throws {
    var event = self.event(atStep: epoch)
    event.summary.value = values
    try file?.append([event])
  }

  private func event(atStep step: Int) -> TensorBoardEvent {
    var event = TensorBoardEvent()
    event.wallTime = Date().timeIntervalSince1970
    event.step = Int64(step)
    return event
  }
}
