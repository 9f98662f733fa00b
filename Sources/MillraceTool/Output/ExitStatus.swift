import Foundation
import MillraceExport
import MillraceImages
import MillraceModels
import MillracePipeline
import MillraceReports
import MillraceThreads
import MillraceTraining
import MillraceWorkshop

/// The codes that the command exits with, and which of the library's errors means which.
enum ExitStatus: Int32, CaseIterable {
  /// There is nothing left to do, of which a note tells.
  case done = 0
  case diverged = 3
  case usage = 64
  case badData = 65
  case noInput = 66
  case internalError = 70
  case cannotCreate = 73
  case ioError = 74
  case interrupted = 130
  /// What a shell reports of a process that SIGPIPE ended.
  case readerGone = 141
  case terminated = 143

  /// The code of an error; nil for errors that are not the library's.
  init?(for error: any Error) {
    switch error {
    case ExportError.exists: self = .cannotCreate
    case is ConfigurationError, is AugmentationError, is PreprocessingError, is ExportError: self = .usage
    case is PredictionOutput.BadFiles, is BadSample, is TooManyBadFiles, is UnusableDataset,
      is TrainingError:
      self = .badData
    case is DivergenceError: self = .diverged
    case is ThreadError, is OutOfDescriptors: self = .internalError
    case is TextFile.ReadError, is PathReader.ReadError: self = .noInput
    case is MissingData: self = .noInput
    case is FolderTaken: self = .cannotCreate
    case is CheckpointError: self = .ioError
    case RankError.failed(_, _, _, let code): self = ExitStatus(rawValue: code) ?? .internalError
    case is RankError: self = .ioError
    case is BuiltWithoutMPI, is OneProcessOnly: self = .usage
    case let error as ReportError:
      switch error {
      case .noRun, .noRuns: self = .noInput
      case .damaged, .configuration: self = .badData
      }
    case let error as TuningError:
      switch error {
      case .nothingToResume: self = .noInput
      case .damaged: self = .badData
      case .inUse: self = .cannotCreate
      case .finished: self = .done
      case .allDiverged: self = .diverged
      }
    case let error as ResumeError:
      switch error {
      case .finished: self = .done
      case .settingsDiffer: self = .usage
      case .noRun: self = .noInput
      case .inUse: self = .cannotCreate
      case .noWholeCheckpoint, .dataDiffers, .initialWeightsDiffer: self = .badData
      }
    case let error as Interruption: self = error.signal == SIGINT ? .interrupted : .terminated
    case let error as DatasetError:
      switch error {
      case .notFound, .notAFolder, .cannotRead: self = .noInput
      case .empty, .noClassFolders, .onlyOneClass, .classesWithoutImages, .repeatedClassFolder,
        .validatesOnTraining, .doubtfulLayout, .classesDiffer, .severalValidationFolders, .severalFolders,
        .tooManyFiles, .noReadableImage, .labels:
        self = .badData
      case .pack(.cannotRead): self = .noInput
      case .pack(.holdsPixels), .pack(.otherPixels), .pack(.isPacked), .pack(.severalParts): self = .usage
      case .pack: self = .badData
      }
    case let error as ModelFileError:
      switch error {
      case .notFound, .unreadable: self = .noInput
      case .damaged, .unsupported, .doesNotFit: self = .badData
      }
    case let error as FileError:
      switch error {
      case .invalidName: self = .usage
      case .cannotCreate(_, ENOSPC), .cannotCreate(_, EDQUOT), .cannotCreate(_, EIO): self = .ioError
      case .cannotCreate, .alreadyExists, .notAFile, .insideDataset: self = .cannotCreate
      case .cannotWrite: self = .ioError
      }
    case let error as StandardOutput.WriteError:
      switch error {
      case .closed: self = .readerGone
      case .failed: self = .ioError
      }
    default: return nil
    }
  }

  /// What a person is told; nil where silence is right.
  static func message(for error: any Error) -> String? {
    switch error {
    case StandardOutput.WriteError.closed, is PredictionOutput.BadFiles: nil
    case StandardOutput.WriteError.failed(let code):
      "standard output cannot be written: \(String(cString: strerror(code))); send it elsewhere"
    case ExportError.exists(let path):
      "\(path): exists already; add --replace to replace it, or give another --output"
    case let error as DatasetError: error.message { $0 == "data" ? "DATA" : "--\($0)" }
    case let error as ConfigurationError where Arguments.isFlag(error.setting): "--\(error)"
    default: "\(error)"
    }
  }
}
