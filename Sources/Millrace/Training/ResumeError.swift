/// Why a run cannot be resumed. Each message is one line: what was found, and what to do.
public enum ResumeError: Error, Sendable, Equatable {
  /// There is no run in the folder.
  case noRun(path: String)
  /// Another process is at it.
  case inUse(path: String)
  /// Neither checkpoint can be read.
  case noWholeCheckpoint(last: ModelFileError, previous: ModelFileError)
  /// Settings that decide the result are not those that the run began with.
  case settingsDiffer(path: String, differences: [SettingDifference])
  /// The images are not those that the run began with.
  case dataDiffers(path: String, data: String, difference: String)
  /// The file of `init-weights` holds other weights than the run began with, and a refit begins with them again.
  case initialWeightsDiffer(path: String, file: String)
  /// The run has come to its end.
  case finished(path: String, model: String, canGoOn: Bool)
}

/// A setting that is not what it was.
public struct SettingDifference: Sendable, Hashable, CustomStringConvertible {
  /// The setting.
  public let key: String
  /// What the run began with.
  public let was: String
  /// What was asked for.
  public let now: String
  /// Why it is not free to change, where that is not plain.
  public var reason: String?

  /// The setting and both values, and why it is not free to change.
  public var description: String { "\(key) was \(was), now \(now)" + (reason.map { " (\($0))" } ?? "") }
}

extension ResumeError: CustomStringConvertible {
  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .noRun(let path):
      "\(path): no run to resume; give the folder of a run, such as runs/1"
    case .inUse(let path):
      "\(path): another process is training this run; wait for its end or stop it first"
    case .noWholeCheckpoint(let last, let previous):
      "no checkpoint to go on from: \(last.finding); \(previous.finding); start a new run"
    case .settingsDiffer(let path, let differences):
      "\(path): cannot be resumed with other settings: "
        + differences.map(\.description).joined(separator: "; ")
        + "; leave \(differences.count == 1 ? "it" : "them") out, or start a new run with --config \(path)/config.yaml"
    case .dataDiffers(let path, let data, let difference):
      "\(path): cannot be resumed, \(data) has changed: \(difference); restore the images or start a new run"
    case .initialWeightsDiffer(let path, let file):
      "\(path): cannot be resumed, init-weights \(file) has changed: it holds other weights than the run began with, "
        + "and the refit needs those; restore the file or start a new run"
    case .finished(let path, let model, let canGoOn):
      "\(path): the run is finished, its model is \(model); "
        + (canGoOn
          ? "give more --epochs to go on, or begin anew with millrace train --config \(shellQuoted(path + "/config.yaml"))"
          : "its learning rate has come to its end; to train on from its weights: millrace train --config "
            + "\(shellQuoted(path + "/config.yaml")) --init-weights \(shellQuoted(path))")
    }
  }
}
