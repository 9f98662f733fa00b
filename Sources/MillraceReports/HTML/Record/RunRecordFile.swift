import Foundation
public import MillraceModels
import MillraceTraining

// This reads a record from a run's folder, and writes it.
extension RunRecord {
  /// Writes `report.json`, whole or not at all.
  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    try DurableFile.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: folder.record)
  }

  /// Reads what a run has left: `report.json`, and from `metrics.csv` epochs that it does not hold yet. For a run
  /// without a record, its other files are read.
  ///
  /// - Throws: ``ReportError`` where the folder is not that of a run.
  init(of folder: RunFolder) throws(ReportError) {
    var record: RunRecord
    if let data = FileManager.default.contents(atPath: folder.record) {
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      guard let read = try? decoder.decode(RunRecord.self, from: data), read.format == Self.format else {
        throw .damaged(path: folder.record)
      }
      record = read
    } else {
      record = try Self.withoutRecord(folder)
    }
    // A process that is killed cannot say so, but then nobody holds the lock on the folder.
    if record.state == .running, FolderLock.isTaken(folder.path) == false { record.state = .stopped }
    if record.ensemble != nil {
      // The metrics of an ensemble are those of its members, one after the other.
      record.epochs = RunRecord.meanEpochs(of: Self.members(of: folder))
      self = record
      return
    }
    let rows = MetricsRows(contentsOf: folder.metrics)?.reports ?? []
    for report in rows.dropFirst(record.epochs.count) { record.add(report, examination: nil) }
    self = record
  }

  /// The records of an ensemble's members, in their order, as far as they exist.
  static func members(of folder: RunFolder) -> [RunRecord] {
    var members: [RunRecord] = []
    while let next = try? RunRecord(of: folder.member(members.count + 1)) { members.append(next) }
    return members
  }

  private static func withoutRecord(_ folder: RunFolder) throws(ReportError) -> RunRecord {
    guard let text = try? String(contentsOfFile: folder.configuration, encoding: .utf8) else {
      throw .noRun(path: folder.path)
    }
    var configuration = TrainingConfiguration(data: "")
    do throws(ConfigurationError) {
      try ConfigurationFile.apply(text, path: folder.configuration, to: &configuration)
    } catch {
      throw .configuration(error)
    }
    let classes = (try? String(contentsOfFile: folder.classes, encoding: .utf8))?.split(separator: "\n")
    let model = try? Model(contentsOf: folder.path)
    var record = RunRecord(
      settings: configuration.resolvedSettings.map(Setting.init),
      classes: model?.classes ?? classes?.map(String.init) ?? [], network: model?.network,
      parameterCount: model?.parameters.count)
    record.firstLayer = model.map { FirstLayer($0.firstLayerWeights, epoch: nil) }
    record.state = FileManager.default.fileExists(atPath: folder.model) ? .finished : .stopped
    return record
  }
}

/// Why no report of a run can be drawn. Each message is one line: what was found, and what to do.
public enum ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path is not a folder, or not that of a run.
  case noRun(path: String)
  /// The folder holds no run.
  case noRuns(path: String)
  /// The run's record cannot be understood.
  case damaged(path: String)
  /// The run's configuration cannot be understood; the error names file and line.
  case configuration(ConfigurationError)

  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .noRun(let path): "\(path): no run to report on; give the folder of a run, such as runs/1"
    case .noRuns(let path): "\(path): no runs here; give the folder that train's --output names, such as runs"
    case .damaged(let path):
      "\(path): cannot be understood; remove it to draw the report from the run's other files"
    case .configuration(let error): "\(error)"
    }
  }
}
