import MillracePipeline

/// The files of a run that could not be used, each once, in the order in which they were met. This is the
/// order of the minibatches, so it is the same for any number of threads.
struct BadFileList {
  private(set) var all: [SkippedSample] = []
  private var paths: Set<ExactText> = []

  /// Adds a file, and returns whether it is new.
  mutating func add(_ skipped: SkippedSample) -> Bool {
    guard paths.insert(ExactText(skipped.path)).inserted else { return false }
    all.append(skipped)
    return true
  }
}
