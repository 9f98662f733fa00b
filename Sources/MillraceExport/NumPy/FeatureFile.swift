public import MillraceModels
import MillracePipeline

/// The features of images as a NumPy `.npz` file, whole or not at all: `features` (images, features) and `outputs` (images,
/// classes) as float32, `paths` (images) and `classes` as texts.
public final class FeatureFile {
  private var archive: ZipWriter?
  private let classes: [String]
  private let featureCount: Int
  private var paths: [String] = []
  private var features: [Float] = []
  private var outputs: [Float] = []

  /// Begins a file beside its place, so that a place that takes none is told at once.
  ///
  /// - Parameters:
  ///   - path: Where to. A file that is there is replaced.
  ///   - model: Whose features.
  /// - Throws: `FileError`.
  public init(_ path: String, of model: Model) throws(FileError) {
    archive = try ZipWriter(path: path)
    (classes, featureCount) = (model.classes, model.featureCount)
  }

  /// Adds an image.
  ///
  /// - Parameter prediction: With features, and with all classes among its ranked ones.
  public func add(_ prediction: Prediction) {
    guard let own = prediction.features else { preconditionFailure("a prediction without features") }
    paths.append(prediction.path)
    features += own
    let probabilities = Dictionary(
      prediction.ranked.map { (ExactText($0.name), $0.probability) }, uniquingKeysWith: { first, _ in first })
    outputs += classes.map { probabilities[ExactText($0)] ?? 0 }
  }

  /// Moves the file to its place. There is no adding afterwards.
  public func commit() throws {
    guard var archive = self.archive.take() else { return }
    try archive.add("features.npy", NumPyArray(features, shape: [paths.count, featureCount]).npy)
    try archive.add("outputs.npy", NumPyArray(outputs, shape: [paths.count, classes.count]).npy)
    try archive.add("paths.npy", NumPyArray(paths, shape: [paths.count]).npy)
    try archive.add("classes.npy", NumPyArray(classes, shape: [classes.count]).npy)
    try archive.finish()
  }
}
