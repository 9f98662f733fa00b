public import MillraceModels

/// Why a run cannot be resumed. Each message is one line: what was found, and what to do.
public enum ResumeError: Error, Sendable, Equatable {
  /// There is no run in the folder.
  case noRun(path: String)
  /// Another process is using the folder.
  case inUse(path: String)
  /// Neither checkpoint can be read.
  case noWholeCheckpoint(last: ModelFileError, previous: ModelFileError)
  /// Settings that decide the result differ from those that the run began with.
  case settingsDiffer(path: String, differences: [SettingDifference])
  /// The images differ from those that the run began with.
  case dataDiffers(path: String, data: String, difference: String)
  /// The file of `init-weights` holds other weights than those that the run began with, and a refit begins
  /// with them again.
  case initialWeightsDiffer(path: String, file: String)
  /// The run is finished.
  case finished(path: String, model: String, canGoOn: Bool)
}

/// A setting whose value has changed.
public struct SettingDifference: Sendable, Hashable, CustomStringConvertible {
  /// The name of the setting.
  public let key: String
  /// The value that the run began with.
  public let was: String
  /// The value that was asked for.
  public let now: String
  /// Why the setting may not change, where that is not obvious.
  public var reason: String?

  /// The setting and both values, and why it may not change.
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
          ? "give more --epochs to go on, or begin a new run with millrace train --config \(shellQuoted(path + "/config.yaml"))"
          : "its learning rate has come to its end; to train on from its weights: millrace train --config "
            + "\(shellQuoted(path + "/config.yaml")) --init-weights \(shellQuoted(path))")
    }
  }
}
