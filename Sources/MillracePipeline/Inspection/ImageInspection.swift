package import MillraceImages
import MillraceThreads
import Synchronization

extension Dataset {
  /// Reads and decodes every image once, on several threads.
  ///
  /// - Parameters:
  ///   - preprocessing: How training prepares each image.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  ///   - threads: The number of threads.
  ///   - progress: Is told on this thread how many of how many images are done. An error ends it.
  /// - Returns: What was found out about each image, in their order, whatever the number of threads.
  /// - Throws: ``OutOfDescriptors``, or what `progress` throws.
  package func inspected(
    preprocessing: Preprocessing, limits: DecodeLimits, maxFileBytes: Int, threads: Int,
    progress: @escaping (Int, Int) throws -> Void
  ) throws -> [InspectedImage] {
    let directories = ImageInspector.SharedDirectories(self)
    let team = try WorkerTeam(count: Swift.min(threads, count), name: "inspector")
    defer { team.shutdown() }
    let work = SharedInspection(count: count, progress: progress)
    try team.run { worker in
      let inspector = ImageInspector(
        dataset: self, directories: directories, preprocessing: preprocessing, limits: limits,
        maxFileBytes: maxFileBytes)
      do {
        while let samples = work.claim() {
          for sample in samples { work.results[sample] = try inspector.inspect(sample) }
          try work.finish(samples, by: worker)
        }
      } catch {
        work.stop()
        throw error
      }
    }
    try progress(count, count)
    return Array(work.results)
  }
}

/// What the threads of a check share.
///
/// - Note: `@unchecked Sendable` holds because each sample's result is written by the worker that has claimed it, and read
///   by nobody before all have finished; worker 0, which is the caller, alone tells the progress.
private final class SharedInspection: @unchecked Sendable {
  /// Few enough for steady progress, enough to make the counter cheap.
  private static let samplesPerClaim = 16

  let results: UnsafeMutableBufferPointer<InspectedImage>
  private let claimed = Atomic(0)
  private let finished = Atomic(0)
  private let progress: (Int, Int) throws -> Void

  init(count: Int, progress: @escaping (Int, Int) throws -> Void) {
    self.progress = progress
    results = .allocate(capacity: count)
    results.initialize(repeating: InspectedImage(condition: .sound))
  }

  deinit {
    results.deinitialize()
    results.deallocate()
  }

  /// Samples that nobody has claimed; nil where none are left.
  func claim() -> Range<Int>? {
    let first = claimed.add(Self.samplesPerClaim, ordering: .relaxed).oldValue
    return first < results.count ? first..<min(first + Self.samplesPerClaim, results.count) : nil
  }

  /// Counts samples as done. Worker 0 says how many are.
  func finish(_ samples: Range<Int>, by worker: Int) throws {
    let done = finished.add(samples.count, ordering: .relaxed).newValue
    if worker == 0 { try progress(done, results.count) }
  }

  /// Leaves nothing to claim.
  func stop() {
    claimed.store(results.count, ordering: .relaxed)
  }
}
