extension ExitStatus {
  /// What the code tells, for the manual page.
  var meaning: String {
    switch self {
    case .done: "Done, or there was nothing left to do."
    case .diverged: "Training diverged: a loss or gradient is infinite or not a number."
    case .usage: "The command line or the configuration file is wrong."
    case .badData: "Bad data, or more bad files than allowed."
    case .noInput: "There is no such input."
    case .internalError: "An internal error."
    case .cannotCreate: "The output cannot be created."
    case .ioError: "Reading or writing failed."
    case .interrupted: "Interrupted by SIGINT, after saving."
    case .readerGone: "Whoever read the output closed it."
    case .terminated: "Interrupted by SIGTERM, after saving."
    }
  }
}
