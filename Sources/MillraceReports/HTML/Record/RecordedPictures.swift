import MillraceModels
import MillraceTraining

// These are the parts of a record that hold pictures, and how they are made from a run's events.
extension RunRecord {
  /// A training image as the network sees it.
  struct Sample: Sendable, Codable {
    var path: String
    var label: Int
    var picture: EncodedPicture

    init(_ sample: TrainingSample) {
      (path, label, picture) = (sample.path, sample.label, EncodedPicture(sample.picture))
    }
  }

  /// What the first layer's units look for.
  struct FirstLayer: Sendable, Codable {
    /// The epoch, from 0; nil where the weights are those of the model file.
    var epoch: Int?
    var unitCount: Int
    var pictures: [EncodedPicture]
    /// How similar neighbouring weights are, from -1 to 1, about 0 for noise; nil where it is not known.
    var smoothness: Double?

    /// About the number of pixels that are drawn, so that a page stays small where images are large.
    private static let pixelLimit = 1 << 16
    private static let fewestUnits = 12

    init(_ weights: FirstLayerWeights, epoch: Int?) {
      self.epoch = epoch
      unitCount = weights.unitCount
      let shown = max(Self.fewestUnits, Self.pixelLimit / (weights.size.width * weights.size.height))
      pictures = weights.units.indices.prefix(shown).map { EncodedPicture(weights.picture(of: $0)) }
      smoothness = weights.smoothness
    }

    /// Below this similarity of neighbours, a picture is noise to the eye.
    private static let leastSmoothness = 0.15

    /// Whether the pictures show more than noise.
    var saysSomething: Bool {
      !pictures.isEmpty && smoothness.map { $0 >= Self.leastSmoothness } ?? true
    }
  }

  /// What a validation showed.
  struct Validation: Sendable, Codable {
    /// The epoch, from 0.
    var epoch: Int
    /// What was validated, where it was not an epoch.
    var subject: String?
    /// Triples of class, the class it was taken for, and how often, where that is not zero; nil for too many
    /// classes.
    var confusion: [[Int]]?
    var mistakes: [RecordedMistake]
    var calibration: Calibration?

    init(_ examination: ValidationExamination, epoch: Int) {
      self.epoch = epoch
      confusion = examination.confusion?.cells.map(\.numbers)
      mistakes = examination.mistakes.map(RecordedMistake.init)
      calibration = examination.calibration
    }

    /// What was validated, as the beginning of a sentence or a whole one.
    var title: String { subject ?? "Validation of epoch \(epoch + 1)" }

    /// The counts as a matrix; an entry that is not a pair of classes is left out.
    func matrix(classes: Int) -> ConfusionMatrix? {
      guard let confusion else { return nil }
      var matrix = ConfusionMatrix(classCount: classes)
      for cell in confusion where cell.count == 3 {
        guard (0..<classes).contains(cell[0]), (0..<classes).contains(cell[1]) else { continue }
        matrix.add(actual: cell[0], predicted: cell[1], count: cell[2])
      }
      return matrix
    }
  }

  /// A mistake with its picture.
  struct RecordedMistake: Sendable, Codable {
    var path: String
    var actual: Int
    var predicted: Int
    var confidence: Float
    var share: Float
    var picture: EncodedPicture?

    init(_ mistake: Mistake) {
      (path, actual, predicted) = (mistake.path, mistake.actual, mistake.predicted)
      (confidence, share) = (mistake.confidence, mistake.share)
      picture = mistake.picture.map(EncodedPicture.init)
    }
  }
}
