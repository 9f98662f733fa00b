import MillraceTraining

/// Why a search for better settings cannot be resumed, or has found nothing. Each message is one line.
public enum TuningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no search in the folder, or none that has begun.
  case nothingToResume(path: String)
  /// The record cannot be read.
  case damaged(path: String)
  /// Another process is using the folder.
  case inUse(path: String)
  /// The search is finished.
  case finished(path: String)
  /// Every candidate's training diverged.
  case allDiverged(candidates: Int)

  /// The message as one line, without a full stop.
  public var description: String {
    switch self {
    case .nothingToResume(let path):
      "\(path): no search to resume; give the folder of one, such as tunings/1"
    case .damaged(let path):
      "\(path): the record of a search was expected and something else was found; start a new search"
    case .inUse(let path):
      "\(path): another process is carrying out this search; wait for its end or stop it first"
    case .finished(let path):
      "\(path): the search is finished; train what it found with: millrace train --config "
        + shellQuoted(TuningFolder(path: path).best)
    case .allDiverged(let candidates):
      "training diverged for all \(candidates) candidates; give a lower --lr, or fewer settings of your own"
    }
  }
}
