import MillraceImages
import MillracePipeline
import MillraceThreads
import Synchronization

/// The dataset's doctor: looks at every image that a training run would use, and trains nothing.
///
/// What it finds depends on the files and the configuration alone, never on the number of threads.
public struct DatasetCheck: Sendable {
  /// The run whose images are checked: its folders, split, limits and loaders.
  public let configuration: TrainingConfiguration

  /// Names what is checked.
  public init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
  }

  /// Reads and decodes every image once.
  ///
  /// - Parameter progress: Is told on this thread how many of how many images are done. An error ends the check.
  /// - Throws: ``ConfigurationError``, ``DatasetError`` where the folder is no data set, ``OutOfDescriptors``, or
  ///   what `progress` throws.
  public func run(progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws -> DatasetReport
  {
    try configuration.validate()
    let data = try TrainingData(configuration)
    let all = data.validation.map(data.training.joined(with:)) ?? data.training
    let images = try withoutActuallyEscaping(progress) { try inspect(all, progress: $0) }
    return DatasetReport(
      images: images, dataset: all, trainingCount: data.training.count, configuration: configuration,
      ignoredFolders: data.ignoredFolders)
  }

  /// Inspects a data set on all threads; results come in its order.
  private func inspect(
    _ dataset: Dataset, progress: @escaping (Int, Int) throws -> Void
  ) throws -> [InspectedImage] {
    let reading = configuration.reading
    let directories = ImageInspector.SharedDirectories(dataset)
    let team = try WorkerTeam(
      count: min(configuration.execution.resolvedLoaders, dataset.count), name: "inspector")
    defer { team.shutdown() }
    // Few enough for steady progress, enough to make the counter cheap.
    let chunk = 16
    let claimed = Atomic(0)
    let done = Atomic(0)
    let results = UnsafeMutableBufferPointer<InspectedImage>.allocate(capacity: dataset.count)
    results.initialize(repeating: InspectedImage(condition: .sound))
    defer {
      results.deinitialize()
      results.deallocate()
    }
    // Each worker writes the results of the samples it has claimed, and nobody reads them before the run's end.
    try withoutActuallyEscaping(
      { (worker: Int) in
        let inspector = ImageInspector(
          dataset: dataset, directories: directories, limits: reading.decodeLimits,
          maxFileBytes: reading.maxFileBytes)
        while true {
          let first = claimed.add(chunk, ordering: .relaxed).oldValue
          if first >= dataset.count { break }
          let samples = first..<min(first + chunk, dataset.count)
          do {
            for sample in samples { results[sample] = try inspector.inspect(sample) }
            let count = done.add(samples.count, ordering: .relaxed).newValue
            if worker == 0 { try progress(count, dataset.count) }
          } catch {
            // The others find nothing left to claim.
            claimed.store(dataset.count, ordering: .relaxed)
            throw error
          }
        }
      }, do: { try team.run($0) })
    try progress(dataset.count, dataset.count)
    return Array(results)
  }
}
