public import MillraceImages

/// A sample that was taken for another class.
public struct Mistake: Sendable, Hashable {
  /// The sample's index in its data set.
  public var sample: Int
  /// The path of the sample's file, as people read it.
  public var path: String
  /// The sample's class.
  public var actual: Int
  /// The class that the sample was taken for.
  public var predicted: Int
  /// The output of the class that the sample was taken for: its probability, for a classifier with softmax
  /// outputs.
  public var confidence: Float
  /// The output of the sample's own class.
  public var share: Float
  /// The picture that the network saw, no larger than `Image/thumbnailSide`; nil where no picture was asked
  /// for.
  public var picture: Image?

  /// Describes a mistake.
  public init(
    sample: Int, path: String, actual: Int, predicted: Int, confidence: Float, share: Float,
    picture: Image? = nil
  ) {
    self.sample = sample
    self.path = path
    self.actual = actual
    self.predicted = predicted
    self.confidence = confidence
    self.share = share
    self.picture = picture
  }
}

/// The most confident of many mistakes, in bounded memory; of two equally confident ones the first stays.
package struct MistakeRanking {
  /// The mistakes, most confident first.
  package private(set) var mistakes: [Mistake] = []
  private let limit: Int

  package init(limit: Int) {
    self.limit = limit
    mistakes.reserveCapacity(limit + 1)
  }

  /// Adds a mistake of some confidence, if it is among the most confident so far; it is made only then.
  package mutating func add(confidence: Float, _ mistake: () -> Mistake) {
    guard limit > 0, mistakes.count < limit || confidence > mistakes[limit - 1].confidence else { return }
    let place = mistakes.firstIndex { $0.confidence < confidence } ?? mistakes.count
    mistakes.insert(mistake(), at: place)
    if mistakes.count > limit { mistakes.removeLast() }
  }
}
