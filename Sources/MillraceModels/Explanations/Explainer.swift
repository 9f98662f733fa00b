import MillraceImages
import MillraceNetwork
import MillracePipeline
import MillraceThreads

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds out what of pictures speaks for the class that a model takes them for: see ``Explanation``.
final class Explainer {
  /// Covered pictures that are run at once.
  private static let rows = 128

  private let model: Model
  private let prepared: PreparedInference
  private let plan: OcclusionPlan
  private let minibatch: Minibatch
  private let options: InferenceOptions

  /// - Parameters:
  ///   - model: Whose predictions are explained.
  ///   - options: What an image file may cost.
  ///   - team: Who computes. It must outlive this.
  init(_ model: Model, options: InferenceOptions, team: WorkerTeam) {
    self.model = model
    self.options = options
    prepared = PreparedInference(model, capacity: Self.rows, team: team, precision: options.precision)
    plan = OcclusionPlan(model.preprocessing.size)
    minibatch = Minibatch(rows: Self.rows, featureCount: model.preprocessing.featureCount)
  }

  /// What reads the images of a data set as the network sees them.
  func loader(for dataset: Dataset) -> ImageLoader {
    ImageLoader(
      dataset: dataset, loading: ImageLoading(preprocessing: model.preprocessing).reading(options.reading))
  }

  /// Explains the prediction of a row of inputs: planes of channels, normalised.
  func explain(_ row: [Float]) throws -> Explanation {
    let plain = try scores(of: 1) { _ in row }[0]
    // There is a class, so there is a base address.
    let label = plain.withUnsafeBufferPointer { largest(of: $0.baseAddress!, count: plain.count) }
    let means = means(of: row)
    let preference = preference(for: label, plain)
    let drops = try scores(of: plan.covers.count) { number in
      covered(row, means) { x, y in
        plan.covers[number].columns.contains(x) && plan.covers[number].rows.contains(y)
      }
    }.map { preference - self.preference(for: label, $0) }
    let relevance = plan.relevance(drops)
    let marked = Explanation.marked(relevance)
    let (width, height) = (plan.size.width, plan.size.height)
    let places = [(0, 0), (width / 2, height / 2), (width / 2, 0), (0, height / 2)]
    let checks = try scores(of: places.count) { number in
      covered(row, means) { x, y in
        let (right, down) = places[number]
        return marked[(y + height - down) % height * width + (x + width - right) % width]
      }
    }.map { $0[label] }
    return Explanation(
      className: model.classes[label],
      // There is a pixel, so there is a base address.
      picture: row.withUnsafeBufferPointer {
        Image(rendering: $0.baseAddress!, preprocessing: model.preprocessing)
      },
      relevance: relevance, probability: plain[label], coveredProbability: checks[0],
      elsewhereProbability: (checks[1] + checks[2] + checks[3]) / 3)
  }

  /// What the model says of some rows of inputs, one a class.
  private func scores(of count: Int, _ row: (Int) -> [Float]) throws -> [[Float]] {
    var scores: [[Float]] = []
    for start in stride(from: 0, to: count, by: Self.rows) {
      let end = min(count, start + Self.rows)
      for number in start..<end {
        minibatch.features(ofRow: number - start).update(from: row(number), count: minibatch.featureCount)
      }
      // What is left in further rows is computed, too, and not looked at.
      let predictions = try prepared.run(minibatch, labelled: false).predictions
      for place in 0..<end - start {
        scores.append(
          Array(UnsafeBufferPointer(start: predictions.row(place), count: predictions.columns)))
      }
    }
    return scores
  }

  /// How much a class is preferred to the likeliest other one, in logarithms of probabilities where outputs are such.
  private func preference(for label: Int, _ scores: [Float]) -> Float {
    func value(_ score: Float) -> Float {
      model.network.output.isProbability ? logf(max(score, .leastNormalMagnitude)) : score
    }
    let other = scores.indices.filter { $0 != label }.map { scores[$0] }.max() ?? 0
    return value(scores[label]) - value(other)
  }

  /// The mean of each channel.
  private func means(of row: [Float]) -> [Float] {
    let plane = plan.size.width * plan.size.height
    return (0..<model.preprocessing.channels.rawValue).map { channel in
      row[channel * plane..<(channel + 1) * plane].reduce(0, +) / Float(plane)
    }
  }

  /// The row with the mean colour where something covers it.
  private func covered(_ row: [Float], _ means: [Float], _ isCovered: (Int, Int) -> Bool) -> [Float] {
    var row = row
    let (width, height) = (plan.size.width, plan.size.height)
    for y in 0..<height {
      for x in 0..<width where isCovered(x, y) {
        for (channel, mean) in means.enumerated() { row[(channel * height + y) * width + x] = mean }
      }
    }
    return row
  }
}
