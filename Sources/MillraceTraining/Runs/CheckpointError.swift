public import MillraceModels

/// A checkpoint or the model could not be written while a run was under way.
public struct CheckpointError: Error, Sendable, CustomStringConvertible {
  /// Why the file could not be written.
  public let cause: FileError
  /// The run's folder, if it holds an earlier checkpoint; nil where nothing was saved yet.
  public let folder: String?

  /// The error in one line.
  public var description: String {
    "\(cause)"
      + (folder.map { "; the earlier checkpoint is still there: millrace train --resume \(shellQuoted($0))" }
        ?? "")
  }
}

/// A path as a person can paste it into a shell.
package func shellQuoted(_ path: String) -> String {
  path.wholeMatch(of: #/[A-Za-z0-9/._+,:@%=-]+/#) != nil
    ? path : "'\(path.replacing("'", with: "'\\''"))'"
}
