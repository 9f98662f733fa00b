package import MillraceModels

/// The checkpoints of a run's folder: `last`, and `previous`, which was the last one before it.
///
/// As soon as there is one, at least one of the two is whole at every moment.
package struct CheckpointFiles {
  package let folder: RunFolder
  /// Whether the last checkpoint becomes the previous one, or is replaced.
  private let keepsPrevious: Bool
  /// Whether `last` exists and was whole when this process read or wrote it: only then may it become `previous`.
  private var lastIsWhole = false

  package init(_ folder: RunFolder, keepsPrevious: Bool = true) {
    self.folder = folder
    self.keepsPrevious = keepsPrevious
  }

  /// Replaces the last checkpoint, which becomes the previous one where that is kept.
  package mutating func save(_ checkpoint: Checkpoint) throws {
    try checkpoint.save(
      to: folder.lastCheckpoint, movingOldTo: lastIsWhole && keepsPrevious ? folder.previousCheckpoint : nil)
    lastIsWhole = true
  }

  /// A checkpoint that was read, and a notice for people about one that could not be read.
  package struct Loaded {
    package let checkpoint: Checkpoint
    package let path: String
    package let notice: String?
  }

  /// Reads the last checkpoint, or the previous one where the last is missing or damaged.
  ///
  /// - Returns: nil where there is neither.
  /// - Throws: ``ResumeError/noWholeCheckpoint(last:previous:)``.
  package mutating func load() throws(ResumeError) -> Loaded? {
    let last: ModelFileError
    do throws(ModelFileError) {
      let checkpoint = try Checkpoint(contentsOf: folder.lastCheckpoint)
      lastIsWhole = true
      return Loaded(checkpoint: checkpoint, path: folder.lastCheckpoint, notice: nil)
    } catch {
      last = error
    }
    do throws(ModelFileError) {
      return Loaded(
        checkpoint: try Checkpoint(contentsOf: folder.previousCheckpoint), path: folder.previousCheckpoint,
        notice: "\(last.finding); going on from \(folder.previousCheckpoint) instead")
    } catch {
      if case .notFound = last, case .notFound = error { return nil }
      throw .noWholeCheckpoint(last: last, previous: error)
    }
  }
}
