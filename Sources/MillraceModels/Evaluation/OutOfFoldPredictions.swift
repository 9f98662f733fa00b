import MillraceImages
package import MillraceNetwork
package import MillracePipeline

/// What a cross-validation's networks say of every image, each image by the network that was not trained on it.
///
/// It takes a value for each image and class.
public struct OutOfFoldPredictions: Sendable {
  /// What is said of an image.
  public struct Row: Sendable, Hashable {
    /// The image's file.
    public let path: String
    /// The fold that it belongs to, from 1, which is the number of the network that was not trained on it.
    public let fold: Int
    /// Its class, by index.
    public let label: Int
    /// The class with the largest output.
    public let predicted: Int
    /// The class that it is more likely of than any other but its own, by ``ConfidentLearning``.
    public let rival: Int
    /// How likely its label is wrong, by ``ConfidentLearning``: the larger, the more.
    public let suspicion: Double
    /// Whether it is counted as one whose label is wrong, by ``ConfidentLearning``.
    public let isSuspect: Bool
    /// The number of its row in the outputs.
    fileprivate let place: Int
    /// The number of its image in the data set.
    package let sample: Int
  }

  /// The classes, by index.
  public let classes: [String]
  /// The images that could be used, the most suspect label first; the first of equals is the one that comes first in the
  /// data set.
  public let rows: [Row]
  /// The loss of each fold's images, by fold.
  public let folds: [LossSum]

  private let outputs: [Float]

  /// The outputs for a row's image, one a class: probabilities, unless the network's are none.
  public func outputs(of row: Row) -> ArraySlice<Float> {
    outputs[row.place * classes.count..<(row.place + 1) * classes.count]
  }

  /// The accuracy of the folds.
  package var accuracy: MeanDeviation? { MeanDeviation(folds.compactMap(\.accuracy)) }

  /// How many labels are suspect.
  public var suspectCount: Int { rows.count { $0.isSuspect } }

  /// The images that are counted as of another class than their label, the most suspect first.
  ///
  /// - Parameter limit: The most that are wanted.
  public func suspects(atMost limit: Int) -> [Row] { Array(rows.lazy.filter(\.isSuspect).prefix(limit)) }
}

extension OutOfFoldPredictions {
  /// Predictions as they come, fold by fold.
  package struct Collection {
    private let dataset: Dataset
    private var images: [(sample: Int, fold: Int)] = []
    private var outputs: [Float] = []
    package private(set) var folds: [LossSum] = []

    package init(_ dataset: Dataset) {
      self.dataset = dataset
      outputs.reserveCapacity(dataset.count * dataset.classes.count)
    }

    /// Takes an image of the fold under way.
    ///
    /// - Parameters:
    ///   - sample: Its number in the data set.
    ///   - scores: One a class, borrowed.
    package mutating func add(sample: Int, scores: UnsafePointer<Float>) {
      images.append((sample, folds.count + 1))
      outputs += UnsafeBufferPointer(start: scores, count: dataset.classes.count)
    }

    /// Ends a fold.
    ///
    /// - Parameter loss: Over its images.
    package mutating func endFold(_ loss: LossSum) { folds.append(loss) }

    /// Judges all labels against each other.
    package var predictions: OutOfFoldPredictions {
      let count = dataset.classes.count
      let judge = ConfidentLearning(
        labels: images.map { dataset.label(of: $0.sample) }, probabilities: outputs, classes: count)
      let rows = images.enumerated().map { place, image in
        let label = dataset.label(of: image.sample)
        let scores = outputs[place * count..<(place + 1) * count]
        let (suspicion, rival) = judge.judge(label: label, probabilities: scores)
        return Row(
          path: dataset.path(of: image.sample), fold: image.fold, label: label,
          predicted: scores.withUnsafeBufferPointer { largest(of: $0.baseAddress!, count: count) },
          rival: rival,
          suspicion: suspicion, isSuspect: judge.isSuspect(label: label, probabilities: scores),
          place: place, sample: image.sample)
      }
      return OutOfFoldPredictions(
        classes: dataset.classes,
        rows: rows.sorted { ($0.suspicion, $1.sample) > ($1.suspicion, $0.sample) }, folds: folds,
        outputs: outputs)
    }
  }
}
