import MillraceImages
public import MillraceModels
public import MillracePipeline
import MillraceRandom
public import MillraceTraining

/// Augmented training images as files to look at: what the network will see, loaded as training loads it.
public struct Preview: Sendable {
  /// The format of the image files. The contact sheet is always a PNG file.
  public enum FileFormat: String, Sendable, CaseIterable {
    case png, jpeg

    var fileExtension: String { self == .png ? "png" : "jpg" }
  }

  /// The number of source images (`count`).
  public var count = 16
  /// The number of variants of each source image (`variants`).
  public var variants = 8
  /// The epoch in which the first variant is drawn, from 0; each further variant is drawn one epoch later
  /// (`epoch`).
  public var epoch = 0
  /// The format of the image files (`format`).
  public var format = FileFormat.png
  /// One augmentation, such as `rotate` or `rotate:30`, at strengths from one end of its range to the other,
  /// instead of the configured policy (`only`).
  public var only: String?
  /// Whether the files of an earlier preview in the folder are replaced (`replace`).
  public var replaces = false

  /// The defaults.
  public init() {}

  /// A source image and what was made of it.
  public struct Source: Sendable {
    /// The path of the image's file, as people read it.
    public let path: String
    /// The name of the image's class.
    public let className: String
    /// The original, then its variants.
    public internal(set) var pictures: [Picture]
  }

  /// An image file of a preview.
  public struct Picture: Sendable {
    /// The file's name in the folder.
    public let file: String
    /// The epoch in which training sees the picture, from 0; nil for the original.
    public let epoch: Int?
    /// What was drawn: each augmentation with its numbers; empty for the original.
    public let drawn: [String]
  }

  /// The result of a preview.
  public struct Outcome: Sendable {
    /// The folder that holds the preview.
    public let folder: String
    /// The picture of all originals with their variants.
    public let contactSheet: String
    /// What was drawn for each variant, as JSON.
    public let plans: String
    /// The image files, by source image: the original, then its variants.
    public let images: [String]
    /// The source images with the files that were made of them.
    public let sources: [Source]
    /// The policy that was drawn, or the one augmentation.
    public let policy: String
    /// Files that could not be used.
    public let skipped: [SkippedSample]
  }

  /// Checks every range.
  ///
  /// - Throws: `ConfigurationError` for the first setting out of range.
  public func validate() throws(ConfigurationError) {
    for (setting, value, most) in [("count", count, 10_000), ("variants", variants, 100)] {
      if !(1...most).contains(value) {
        throw ConfigurationError(setting: setting, problem: "must be from 1 to \(most), got \(value)")
      }
    }
    if !(0...1_000_000_000).contains(epoch) {
      throw ConfigurationError(setting: "epoch", problem: "must be from 0 to 1000000000, got \(epoch)")
    }
  }

  /// Draws the variants and writes the preview.
  ///
  /// - Parameters:
  ///   - configuration: The data, image and augmentation settings of a training run, and its seed.
  ///   - folder: The folder to write into: a new one, or one that is empty.
  /// - Throws: `ConfigurationError`, `AugmentationError`, `DatasetError`, or `FileError` where the folder
  ///   holds something already or cannot be written.
  public func write(_ configuration: TrainingConfiguration, to folder: String) throws -> Outcome {
    try validate()
    try configuration.validate()
    let data = try TrainingData(configuration)
    try requireOutside(folder, of: data, configuration)
    try PreviewFolder.checkIsFree(folder, replacing: replaces)
    let configuration = try configuration.chosen(for: data)
    let dataset = data.training
    let policies = try self.policies(configuration)
    let preprocessing = try configuration.preprocessing()
    func loader(_ policy: AugmentationPolicy) throws -> ImageLoader {
      let loading = ImageLoading(
        preprocessing: preprocessing, policy: policy, seed: configuration.trainingSeed
      )
      .reading(configuration.reading)
      try dataset.requirePixels(of: loading.canonicalForm)
      return ImageLoader(dataset: dataset, loading: loading)
    }
    let original = try loader(.none)
    // Variants of one policy share a loader.
    let loaders = try policies.map(loader)
    let mixes = only == nil && !configuration.augment.batch.isNone
    let mixer = mixes ? MixedPictures(configuration, dataset: dataset, preprocessing: preprocessing) : nil

    var output = PreviewFolder(
      path: folder, format: format, columns: variants + 1, preprocessing: preprocessing, replaces: replaces)
    var skipped: [SkippedSample] = []
    for sample in Self.samples(of: dataset, seed: configuration.trainingSeed) {
      if output.sourceCount == count { break }
      do {
        var pictures = [
          Image(rendering: try original.row(of: sample, epoch: 0), preprocessing: preprocessing)
        ]
        var plans: [PlanRecord] = []
        for variant in 0..<variants {
          let loader = loaders[variant % loaders.count]
          let drawn = epoch + variant
          var row = try loader.row(of: sample, epoch: drawn)
          let plan = loader.lastPlan
          let mixed = try mixer?.mixed(sample: sample, epoch: drawn, loader: loader)
          if let mixed { row = mixed.row }
          pictures.append(Image(rendering: row, preprocessing: preprocessing))
          plans.append(PlanRecord(variant: variant + 1, epoch: drawn, plan: plan, mixed: mixed?.record))
        }
        try output.add(
          pictures, plans: plans, path: dataset.path(of: sample),
          className: dataset.classes[dataset.label(of: sample)])
      } catch let bad as BadSample {
        skipped.append(SkippedSample(sample: sample, path: bad.path, reason: bad.reason))
      }
    }
    if output.sourceCount == 0, let first = skipped.first {
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
    return try output.finish(policy: only ?? configuration.augment.description, skipped: skipped)
  }

  /// One policy for all variants, or one for each variant.
  private func policies(_ configuration: TrainingConfiguration) throws(AugmentationError)
    -> [AugmentationPolicy]
  {
    guard let only else { return [configuration.augment] }
    return try AugmentationPolicy.strengths(of: only, steps: variants)
  }

  /// Every sample once. The classes take turns, so a few samples show all classes; within a class the seed
  /// gives the order.
  static func samples(of dataset: Dataset, seed: UInt64) -> [Int] {
    var samplesOfClass = [[Int]](repeating: [], count: dataset.classes.count)
    for sample in 0..<dataset.count { samplesOfClass[dataset.label(of: sample)].append(sample) }
    for label in samplesOfClass.indices {
      var random = KeyedRandom(seed: seed, purpose: .preview, sample: label)
      random.shuffle(&samplesOfClass[label])
    }
    var result: [Int] = []
    result.reserveCapacity(dataset.count)
    for round in 0..<(samplesOfClass.map(\.count).max() ?? 0) {
      for samples in samplesOfClass where round < samples.count { result.append(samples[round]) }
    }
    return result
  }
}
