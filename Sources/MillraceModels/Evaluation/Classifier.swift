public import MillraceImages
import MillraceNetwork
import MillracePipeline
import MillraceThreads
import Synchronization

/// A model that is ready to name pictures that lie in memory, from any number of threads at once.
///
/// It says what ``Model/predict(_:topK:options:)`` says of a file with the same pixels, to the rounding of a product's sums.
/// Nothing is read or written. Each call computes on the thread that makes it, so many pictures at once are many calls at
/// once. The first calls, and those that meet more others than any before, allocate what a pass needs, a copy of the weights
/// among it; later ones use it again.
public final class Classifier: Sendable {
  /// What names them.
  public let model: Model
  /// What a file in memory may cost.
  public let limits: DecodeLimits
  private let idle = Mutex<[ClassifierPass]>([])

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - limits: What a file in memory may cost.
  public init(_ model: Model, limits: DecodeLimits = DecodeLimits()) {
    self.model = model
    self.limits = limits
  }

  /// The most probable classes of a picture, the most probable first.
  ///
  /// - Parameters:
  ///   - image: Its pixels, upright, of any size, in colour or gray.
  ///   - topK: How many classes, at least 1.
  public func predict(_ image: Image, topK: Int = 1) throws -> [RankedClass] {
    ranked(try probabilities(of: image), topK)
  }

  /// The most probable classes of each picture, in their order.
  public func predict(_ images: [Image], topK: Int = 1) throws -> [[RankedClass]] {
    try images.map { try predict($0, topK: topK) }
  }

  /// The most probable classes of a picture in a file's bytes: JPEG, PNG or what else this build reads.
  ///
  /// - Throws: `ImageError` for bytes that are no whole picture.
  public func predict(encoded bytes: [UInt8], topK: Int = 1) throws -> [RankedClass] {
    ranked(try probabilities(ofEncoded: bytes), topK)
  }

  /// How probable each class is, in the order of the model's ``Model/classes``; for the losses hinge and squared error its
  /// score.
  public func probabilities(of image: Image) throws -> [Float] {
    try withPass { pass in try image.withView { try pass.run($0) } }
  }

  /// The same for a file's bytes.
  ///
  /// - Throws: `ImageError` for bytes that are no whole picture.
  public func probabilities(ofEncoded bytes: [UInt8]) throws -> [Float] {
    try withPass { pass in try bytes.withUnsafeBytes { try pass.run(encoded: $0) } }
  }

  private func ranked(_ scores: [Float], _ topK: Int) -> [RankedClass] {
    precondition(topK >= 1, "a prediction names at least one class, got topK \(topK)")
    return scores.withUnsafeBufferPointer { scores in
      // A model has at least one class, so the base address exists.
      largest(topK, of: scores.baseAddress!, count: scores.count).map {
        RankedClass(name: model.classes[$0], probability: scores[$0])
      }
    }
  }

  private func withPass<Result>(_ body: (ClassifierPass) throws -> Result) throws -> Result {
    let pass = try idle.withLock { $0.popLast() } ?? ClassifierPass(model, limits)
    defer { idle.withLock { $0.append(pass) } }
    return try body(pass)
  }
}

/// All that naming one picture needs.
///
/// - Note: `@unchecked Sendable` holds because a pass is in the hands of one call from when it leaves the list of idle ones
///   until it is put back, and the list's lock orders what one call wrote before what the next one reads.
private final class ClassifierPass: @unchecked Sendable {
  private let team: WorkerTeam
  private let inference: PreparedInference
  private let minibatch: Minibatch
  private let decoder: ImageDecoder
  private let executor: AugmentationExecutor
  private let form: CanonicalForm
  private var intake = PixelIntake()
  private let plan = AugmentationPlan()

  init(_ model: Model, _ limits: DecodeLimits) throws {
    let preprocessing = model.preprocessing
    // A team of one is the thread that calls.
    team = try WorkerTeam(count: 1)
    inference = PreparedInference(model, capacity: 1, team: team)
    minibatch = Minibatch(rows: 1, featureCount: preprocessing.featureCount)
    decoder = ImageDecoder(limits: limits, background: preprocessing.background)
    executor = AugmentationExecutor(preprocessing: preprocessing)
    form = ImageLoading(preprocessing: preprocessing, limits: limits).canonicalForm
  }

  deinit { team.shutdown() }

  func run(_ image: ImageView) throws -> [Float] {
    let (pixels, report) = intake.take(image, channels: form.channels, atLeast: form.atLeast)
    return try answer(pixels, report)
  }

  func run(encoded bytes: UnsafeRawBufferPointer) throws -> [Float] {
    let pixels = try decoder.decode(bytes, channels: form.channels, atLeast: form.atLeast)
    return try answer(pixels, decoder.lastReport)
  }

  private func answer(_ pixels: ImageView, _ report: DecodeReport) throws -> [Float] {
    executor.carryOut(plan, on: pixels, decoded: report, into: minibatch.features(ofRow: 0))
    let scores = try inference.run(minibatch, labelled: false).predictions
    return Array(UnsafeBufferPointer(start: scores.row(0), count: scores.columns))
  }
}
