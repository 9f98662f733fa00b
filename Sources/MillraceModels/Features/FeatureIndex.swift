import MillraceImages
import MillraceNetwork
public import MillracePipeline

extension Model {
  /// The values of an image's features: what the last layer with weights reads, such as the outputs of the last hidden layer;
  /// of several networks those of each, one after another. Of a network without hidden layers they are its inputs.
  public var featureCount: Int { Network(network).featureCount * members.count }
}

/// The features of images, among which those nearest to another image's are found.
///
/// Near is what has a large cosine: the features point the same way. Of several networks it is the mean of their cosines.
public struct FeatureIndex: Sendable {
  /// An image that is near another.
  public struct Neighbor: Sendable, Hashable {
    /// The image's file.
    public let path: String
    /// Its class in its own data set.
    public let className: String
    /// The cosine of the angle between the features, from −1 to 1.
    public let similarity: Float
  }

  /// Images that could not be used.
  public private(set) var skipped: [BadSample] = []
  private let classes: [String]
  private var paths: [String] = []
  private var labels: [Int32] = []
  /// (images, features), each of length 1.
  private var directions: [Float] = []
  private let parts: Int
  private let width: Int

  /// The number of images.
  public var count: Int { paths.count }

  /// Runs a model over images and keeps their features: 4 bytes for each of ``Model/featureCount`` of each image.
  ///
  /// - Parameters:
  ///   - model: Whose features.
  ///   - dataset: The images, such as those that it was trained on; their classes may be any.
  ///   - options: How the model is run.
  ///   - progress: Is told how many images are done. An error ends it.
  /// - Throws: ``ConfigurationError``, `DatasetError` where none of the images can be read, or what `progress` throws.
  public init(
    _ model: Model, of dataset: Dataset, options: InferenceOptions = InferenceOptions(),
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    classes = dataset.classes
    parts = model.members.count
    width = model.featureCount
    var options = options
    options.givesFeatures = true
    directions.reserveCapacity(dataset.count * width)
    _ = try model.forEachOutcome(of: dataset, labelled: false, options: options) { outcome in
      switch outcome {
      case .scored(let sample, let label, _, let features):
        guard let features else { return }
        paths.append(dataset.path(of: sample))
        labels.append(Int32(label))
        directions += Self.direction(of: features, parts: parts)
        try progress(paths.count)
      case .skipped(let bad): skipped.append(BadSample(path: bad.path, reason: bad.reason))
      }
    }
    if paths.isEmpty {
      guard let first = skipped.first else { throw DatasetError.empty(path: dataset.root) }
      throw DatasetError.noReadableImage(first: "\(first.path): \(first.reason)")
    }
  }

  /// The nearest images, the nearest first; of equally near ones those that come first in their data set.
  ///
  /// - Parameters:
  ///   - count: How many, at least 1; fewer where there are not as many.
  ///   - prediction: Of an image, with its features. The image itself is none of the nearest, if it is among them by the
  ///     same path.
  public func nearest(_ count: Int, to prediction: Prediction) -> [Neighbor] {
    guard let features = prediction.features, features.count == width else { return [] }
    let direction = features.withUnsafeBufferPointer { Self.direction(of: $0, parts: parts) }
    var nearest: [(similarity: Float, image: Int)] = []
    directions.withUnsafeBufferPointer { all in
      direction.withUnsafeBufferPointer { own in
        // There are images, and each has a feature.
        guard let all = all.baseAddress, let own = own.baseAddress else { return }
        for image in paths.indices where paths[image] != prediction.path {
          let similarity = dotProduct(own, all + image * width, count: width)
          if nearest.count == count, similarity <= nearest[count - 1].similarity { continue }
          let place = nearest.firstIndex { similarity > $0.similarity } ?? nearest.count
          nearest.insert((similarity, image), at: place)
          if nearest.count > count { nearest.removeLast() }
        }
      }
    }
    return nearest.map { similarity, image in
      Neighbor(path: paths[image], className: classes[Int(labels[image])], similarity: similarity)
    }
  }

  /// Features whose parts have the same length, and all together length 1; zeros stay zeros.
  private static func direction(of features: UnsafeBufferPointer<Float>, parts: Int) -> [Float] {
    var direction = Array(features)
    let count = features.count / parts
    for part in 0..<parts {
      let range = part * count..<(part + 1) * count
      let length = range.reduce(Float(0)) { $0 + features[$1] * features[$1] }.squareRoot()
      guard length > 0 else { continue }
      let scale = 1 / (length * Float(parts).squareRoot())
      for index in range { direction[index] *= scale }
    }
    return direction
  }
}

/// Σ a·b, in a fixed order of sums.
private func dotProduct(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
  var sums = SIMD16<Float>.zero
  let whole = count / 16 * 16
  for i in stride(from: 0, to: whole, by: 16) {
    let left = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD16<Float>.self)
    sums += left * UnsafeRawPointer(b + i).loadUnaligned(as: SIMD16<Float>.self)
  }
  var rest: Float = 0
  for i in whole..<count { rest += a[i] * b[i] }
  return sums.sum() + rest
}
