import MillraceImages
import MillracePipeline
import MillraceTraining

/// How a sample was mixed with another of its minibatch, as `plans.json` describes it.
struct MixingRecord: Encodable {
  /// The path of the other sample's file, as people read it.
  let partner: String
  /// The sample's own share of the target, from 0 to 1.
  let lambda: Float
  /// The pasted box as x, y, width and height in pixels; nil where the two images are blended.
  let box: [Int]?
}

/// Mixes single rows as training mixes them in their minibatches.
struct MixedPictures {
  private let dataset: Dataset
  private let configuration: TrainingConfiguration
  private let preprocessing: Preprocessing
  private let order: EpochOrder

  /// - Parameter configuration: A configuration whose policy mixes.
  init(_ configuration: TrainingConfiguration, dataset: Dataset, preprocessing: Preprocessing) {
    self.configuration = configuration
    self.dataset = dataset
    self.preprocessing = preprocessing
    order = .shuffled(
      dataset, seed: configuration.trainingSeed, balances: configuration.balance == .sampling)
  }

  /// A sample's mixed row at its first visit in an epoch; nil if the epoch does not visit the sample, or does
  /// not mix it.
  ///
  /// This reads the whole minibatch, since a bad file in it moves the rows.
  ///
  /// - Parameter loader: Gives the unmixed rows.
  func mixed(sample: Int, epoch: Int, loader: ImageLoader) throws -> (row: [Float], record: MixingRecord)? {
    let samples = order.samples(epoch: epoch)
    guard let place = samples.firstIndex(of: Int32(sample)) else { return nil }
    let cut = configuration.optimization.cut(of: samples.count)
    let index = min(place / cut.batchSize, cut.stepsPerEpoch - 1)
    var rows: [Float] = []
    var members: [Int] = []
    var row: Int?
    let turns = EpochOrder.turns(samples)
    for other in cut.samples(ofMinibatch: index) {
      let member = Int(samples[other])
      do {
        rows += try loader.row(of: member, turn: Int(turns[other]), epoch: epoch)
        if other == place { row = members.count }
        members.append(member)
      } catch is BadSample {
        continue
      }
    }
    var mixing = MinibatchMixing()
    configuration.augment.batch.draw(
      seed: configuration.trainingSeed, epoch: epoch, minibatch: index, count: members.count,
      size: preprocessing.size, into: &mixing)
    guard !mixing.isIdentity, let row else { return nil }
    var result = [Float](repeating: 0, count: preprocessing.featureCount)
    mixing.mix(
      row: row, of: rows, channels: preprocessing.channels.rawValue, size: preprocessing.size, into: &result)
    let record = MixingRecord(
      partner: dataset.path(of: members[Int(mixing.partners[row])]), lambda: mixing.lambda,
      box: mixing.box.map { [$0.columns.lowerBound, $0.rows.lowerBound, $0.columns.count, $0.rows.count] })
    return (result, record)
  }
}
