public import MillraceImages
import MillracePipeline

/// A training image as the network sees it: read, augmented, and mixed where the policy mixes.
public struct TrainingSample: Sendable, Hashable {
  /// The path of the sample's file, as people read it.
  public var path: String
  /// The sample's class; for a mixed image, the class of the image that it began with.
  public var label: Int
  /// What the network sees, no larger than `Image/thumbnailSide`.
  public var picture: Image

  /// Describes a sample.
  public init(path: String, label: Int, picture: Image) {
    self.path = path
    self.label = label
    self.picture = picture
  }

  /// The largest number of samples that are shown.
  public static let limit = 24
}

/// Minibatches on their way to training; an observer is shown the samples of the first.
final class ShownMinibatches: MinibatchSource {
  private let source: any MinibatchSource
  private let dataset: Dataset
  private let preprocessing: Preprocessing
  private var show: (([TrainingSample]) throws -> Void)?

  /// - Parameters:
  ///   - source: The minibatches; nobody else may take from it.
  ///   - dataset: The data set of the samples.
  ///   - show: Gets the first samples, once, before they are trained on; nil where nobody asks for them.
  init(
    _ source: any MinibatchSource, of dataset: Dataset, preprocessing: Preprocessing,
    show: (([TrainingSample]) throws -> Void)?
  ) {
    self.source = source
    self.dataset = dataset
    self.preprocessing = preprocessing
    self.show = show
  }

  func next() throws -> Minibatch? {
    let minibatch = try source.next()
    guard let show, let minibatch, minibatch.count > 0 else { return minibatch }
    self.show = nil
    do {
      try show(
        (0..<min(minibatch.count, TrainingSample.limit)).map { row in
          TrainingSample(
            path: dataset.path(of: Int(minibatch.samples[row])), label: Int(minibatch.labels[row]),
            picture: Image(
              rendering: minibatch.features(ofRow: row), preprocessing: preprocessing
            ).thumbnail)
        })
    } catch {
      source.release(minibatch)
      throw error
    }
    return minibatch
  }

  func prepareNext() throws { try source.prepareNext() }
  func release(_ minibatch: Minibatch) { source.release(minibatch) }
  var waits: WaitTimes { source.waits }
  var producerCount: Int { source.producerCount }
}
