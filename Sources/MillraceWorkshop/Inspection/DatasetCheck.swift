import MillraceImages
import MillraceModels
import MillracePipeline
public import MillraceTraining

/// The dataset's doctor: looks at every image that a training run would use, and trains nothing.
///
/// What it finds depends on the files and the configuration alone, never on the number of threads.
public struct DatasetCheck: Sendable {
  /// The run whose images are checked: its folders, split, limits and loaders.
  public let configuration: TrainingConfiguration
  /// From where on a picture is suspect.
  public var quality = QualityThresholds()
  /// Whether the pictures that a page shows are kept: they are read a second time.
  public var keepsPictures = false

  /// Names what is checked.
  public init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
  }

  /// Reads and decodes every image once.
  ///
  /// - Parameter progress: Is told on this thread how many of how many images are done. An error ends the check.
  /// - Throws: `ConfigurationError`, `DatasetError` where the folder is no data set, `OutOfDescriptors`, or
  ///   what `progress` throws.
  public func run(
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> DatasetReport {
    try configuration.validate()
    try quality.validate()
    var images: [InspectedImage]?
    let folders = try TrainingFolders(lookingAt: configuration) { dataset in
      // Where look-alikes are kept together every image is read to find them, and need not be read again.
      let found = try configuration.inspect(dataset, progress: progress)
      images = found
      return found
    }
    let data = try TrainingData(configuration, of: folders)
    // Classes without an image to train on are told with those that have no usable one.
    let empty = folders.tree.training.faults(requiring: 0)
    try data.training.requireFiles()
    try data.validation?.requireFiles()
    let all = data.validation.map(data.training.joined(with:)) ?? data.training
    let undivided = folders.undivided
    let found = try images ?? configuration.inspect(undivided, progress: progress)
    // What is set aside comes last in the report, and among the others in the folders.
    let order = data.isDrawn ? undivided.places(of: all) : Array(0..<all.count)
    var report = DatasetReport(
      images: order.map { found[$0] }, dataset: all, trainingCount: data.training.count,
      configuration: configuration, quality: quality, notices: data.folderNotices,
      faults: folders.tree.faults.filter { !empty.contains($0) })
    report.leakage = DatasetReport.Leakage(folders, found, data, configuration)
    if keepsPictures { report.pictures = try pictures(of: report.shownPaths, in: all) }
    return report
  }

  private func pictures(of paths: Set<String>, in dataset: Dataset) throws -> [String: Image] {
    let inspector = ImageInspector(
      dataset: dataset, directories: ImageInspector.SharedDirectories(dataset),
      preprocessing: try configuration.preprocessing(), limits: configuration.reading.decodeLimits,
      maxFileBytes: configuration.reading.maxFileBytes)
    var pictures: [String: Image] = [:]
    for sample in 0..<dataset.count {
      let path = dataset.path(of: sample)
      if paths.contains(path) { pictures[path] = inspector.picture(of: sample) }
    }
    return pictures
  }
}
