import Foundation
public import MillraceModels

extension Report {
  /// Leaves what an evaluation has found in the record of the run whose model was evaluated, and draws its report anew,
  /// so that report, comparison and table of runs tell it.
  ///
  /// - Parameters:
  ///   - evaluation: What was found.
  ///   - data: The folder that was evaluated on, as it was typed.
  ///   - folder: The run's folder.
  /// - Returns: Whether the run has a record; without one nothing is written.
  /// - Throws: ``ReportError`` for a record that cannot be understood, `FileError` where it cannot be written.
  @discardableResult
  public static func keep(_ evaluation: Evaluation, on data: String, in folder: RunFolder) throws -> Bool {
    guard FileManager.default.fileExists(atPath: folder.record), evaluation.count > 0 else { return false }
    var record = try RunRecord(of: folder)
    // A run that is under way writes its record itself.
    guard record.state == .finished else { return false }
    record.add(RunRecord.EvaluationRecord(evaluation, on: data))
    try record.write(to: folder)
    try DurableFile.write(ReportPage(folder: folder, record: record).html, to: folder.report)
    return true
  }
}

extension RunRecord.EvaluationRecord {
  /// - Parameter data: What was measured on, as it was typed.
  init(_ evaluation: Evaluation, on data: String) {
    self.init(data: data, count: evaluation.count, correct: evaluation.correct, loss: evaluation.loss)
  }
}
