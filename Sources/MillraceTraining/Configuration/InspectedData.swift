import MillraceModels
package import MillracePipeline

// How a run's images are looked at before it: within its limits, on its loader threads.
extension TrainingConfiguration {
  /// Reads and decodes every image of a data set once.
  ///
  /// - Parameter progress: Is told on this thread how many of how many images are done. An error ends it.
  /// - Throws: `OutOfDescriptors`, or what `progress` throws.
  package func inspect(
    _ dataset: Dataset, progress: @escaping (Int, Int) throws -> Void
  ) throws -> [InspectedImage] {
    try dataset.inspected(
      preprocessing: preprocessing(), limits: reading.decodeLimits, maxFileBytes: reading.maxFileBytes,
      threads: execution.resolvedLoaders, progress: progress)
  }

  /// What of a data set's transparent images is lost on the background, by some images of each class.
  package func lostOnBackground(of dataset: Dataset) throws -> LostOnBackground {
    try LostOnBackground(
      sampling: dataset, preprocessing: preprocessing(), limits: reading.decodeLimits,
      maxFileBytes: reading.maxFileBytes)
  }
}
