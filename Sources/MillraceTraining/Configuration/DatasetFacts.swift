package import MillraceImages
package import MillraceModels
import MillracePipeline

/// What is known of a data set before a run: all that the rules of ``TrainingConfiguration/chosen(for:)`` look at.
///
/// It depends on the images alone, so it is the same for any machine and rank, and for a pack of the same images.
package struct DatasetFacts: Sendable, Hashable {
  /// The images trained on.
  package var trainingCount: Int
  /// The images validated on; 0 without validation.
  package var validationCount: Int
  /// Whether the images validated on were taken from those that could be trained on.
  package var isValidationSplitOff = true
  /// Whether a table or a packed file says which images belong together.
  package var areGroupsNamed = false
  /// The number of classes.
  package var classCount: Int
  /// The training images of the smallest and of the largest class.
  package var classSizes: ClosedRange<Int>
  /// The median width and the median height of the images, as seen.
  package var medianSize: ImageSize
  /// The median of the images' shorter sides.
  package var shorterSide: Int
  /// Whether no image shows a colour.
  package var isGray: Bool
  /// The share of images that can be transparent, from 0 to 1.
  package var transparentShare: Double
  /// Whether mirror images were seen to look like their classes.
  package var mirrorImagesKeepLabels = false
  /// The settings that packed pixels were made for, by name: other pixels cannot be had. Empty where files are used.
  package var packedSettings: [String: String] = [:]

  /// What the file tells that the weights begin with; nil without such a file.
  package var weights: WeightsFacts?

  /// The images that are looked at: enough for a median that another sample would hardly change.
  static let sampleCount = 256

  /// Names the facts.
  package init(
    trainingCount: Int, validationCount: Int, classCount: Int, classSizes: ClosedRange<Int>, size: ImageSize,
    isGray: Bool, transparentShare: Double = 0
  ) {
    self.trainingCount = trainingCount
    self.validationCount = validationCount
    self.classCount = classCount
    self.classSizes = classSizes
    self.isGray = isGray
    self.transparentShare = transparentShare
    medianSize = size
    shorterSide = min(size.width, size.height)
  }

  /// What is supposed of images that nobody has seen: ten thousand small colour pictures of ten kinds.
  package static let unknown = DatasetFacts(
    trainingCount: 9_000, validationCount: 1_000, classCount: 10, classSizes: 900...900,
    size: ImageSize(width: 32, height: 32), isGray: false)
}

extension DatasetFacts {
  /// Scans a configuration's folders and finds out about their images.
  ///
  /// - Throws: `DatasetError`, or `OutOfDescriptors` where no file is to blame.
  package init(of configuration: TrainingConfiguration) throws {
    try self.init(TrainingData(configuration), reading: configuration.reading)
  }

  /// Finds out about a run's images: it counts them, and looks at ``sampleCount`` of them.
  ///
  /// - Throws: `OutOfDescriptors` where no file is to blame.
  init(_ data: TrainingData, reading: ReadingOptions) throws {
    // The networks of a cross-validation are of one kind, so all of them look at the same images.
    let (training, folds) = (data.reference, data.folds)
    let left = folds > 1 ? training.count / folds : 0
    let glance = try ImageGlance(
      at: training, count: Self.sampleCount, limits: reading.decodeLimits, maxFileBytes: reading.maxFileBytes)
    let counts = training.countPerClass.map { folds > 1 ? $0 - $0 / folds : $0 }
    func median(_ values: [Int]) -> Int? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
    // Where no image can be read the run ends soon enough, and says why.
    let standard = Self.unknown.medianSize
    self.init(
      trainingCount: training.count - left, validationCount: folds > 1 ? left : data.validation?.count ?? 0,
      classCount: training.classes.count, classSizes: (counts.min() ?? 0)...(counts.max() ?? 0),
      size: ImageSize(
        width: median(glance.sizes.map(\.width)) ?? standard.width,
        height: median(glance.sizes.map(\.height)) ?? standard.height),
      isGray: glance.isGray,
      transparentShare: Double(glance.transparentCount) / Double(max(1, glance.sizes.count)))
    isValidationSplitOff = data.isValidationSplitOff
    areGroupsNamed = data.grouping == .data
    shorterSide = median(glance.sizes.map { min($0.width, $0.height) }) ?? standard.width
    packedSettings = training.packedSettings
    if packedSettings.isEmpty { mirrorImagesKeepLabels = try tryMirrorImages(of: data, reading: reading) }
  }

  /// Compares small pictures: mirror images are safe where they are taken for their own class, or where it is shown that
  /// validation images are the better told by them.
  private func tryMirrorImages(of data: TrainingData, reading: ReadingOptions) throws -> Bool {
    // Large images take long to read, and a hundred are the least that tell anything.
    let pixels = max(1, medianSize.width * medianSize.height)
    let count = min(MirrorTrial.sampleCount, max(100, Self.mostPixels / pixels))
    func pictures(_ dataset: Dataset) throws -> SmallPictures {
      try SmallPictures(
        dataset, count: count, limits: reading.decodeLimits, maxFileBytes: reading.maxFileBytes)
    }
    let training = try pictures(data.reference)
    let trial = MirrorTrial(within: training)
    if trial.misleads { return false }
    guard data.folds == 1, let validation = data.validation else { return trial.keepsLabels }
    let check = MirrorTrial(of: try pictures(validation), among: training)
    return !check.misleads && (trial.keepsLabels || check.helps)
  }

  /// Pixels that are read to learn what mirroring does: about two seconds of a core.
  private static let mostPixels = 400_000_000
}
