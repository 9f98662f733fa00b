import Foundation
import MillraceModels
import MillraceNetwork
import MillraceTraining

/// The training of one candidate to the end of a rung, or in a comparison.
struct CandidateTraining {
  /// The configuration of the training, with all epochs that its schedule counts on.
  let configuration: TrainingConfiguration
  /// The folder from which the training goes on, and into which it is saved.
  let folder: RunFolder
  /// The epochs until the end of the rung.
  let epochs: Int
  /// Whether no training will go on from there.
  let isLast: Bool
  /// The images that the candidate is trained on and judged by.
  let data: TrainingData
  let images: SharedImages

  /// Trains the candidate.
  ///
  /// - Parameter tell: Gets every event of the training.
  /// - Returns: The score that the candidate is judged by; nil where it diverged.
  /// - Throws: What a training throws; what was learned until then is saved.
  func run(_ tell: @escaping (TrainingEvent) throws -> Void) throws -> HalvingState.Score? {
    let observer = CandidateObserver(tell)
    do {
      try train(observer)
      // A process that was killed may have saved the end of a rung without judging the candidate.
      if !observer.hasTrained {
        try? FileManager.default.removeItem(atPath: folder.path)
        try train(observer)
      }
    } catch is DivergenceError {
      return nil
    }
    guard let score = observer.score else { throw TrainingError.nothingValidated(epoch: epochs - 1) }
    return score
  }

  private func train(_ observer: CandidateObserver) throws {
    if !FileManager.default.fileExists(atPath: folder.checkpoints) {
      do {
        try FileManager.default.createDirectory(
          atPath: folder.checkpoints, withIntermediateDirectories: true)
      } catch {
        throw FileError.cannotCreate(path: folder.checkpoints, code: errno)
      }
    }
    let run = try TrainingRun(
      configuration, output: nil, name: nil, ranks: .alone, images: images, data: data)
    try run.train(until: epochs, in: folder, isLast: isLast, observers: [observer])
  }
}

/// Hands the events of a candidate's training on, and keeps the score that the candidate is judged by.
private final class CandidateObserver: TrainingObserver {
  private let tell: (TrainingEvent) throws -> Void
  private var examination: ValidationExamination?
  private var validation: LossSum?
  /// Whether an epoch has been finished.
  private(set) var hasTrained = false

  init(_ tell: @escaping (TrainingEvent) throws -> Void) { self.tell = tell }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .epochExamined(let examination): self.examination = examination.validation
    case .epochFinished(let report): (validation, hasTrained) = (report.validation, true)
    case .started, .measuring, .notice, .samplesDrawn, .stepFinished, .validating, .decodedWithWarnings,
      .fileSkipped, .checkpointSaved, .finished:
      break
    }
    try tell(event)
  }

  /// How the last epoch did on the validation images; nil where none could be read.
  var score: HalvingState.Score? {
    guard let examination, let validation, let loss = validation.mean else { return nil }
    return HalvingState.Score(wrong: examination.wrong, count: validation.count, loss: loss)
  }
}
