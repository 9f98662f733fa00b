import MillraceImages
import MillraceModels
import MillracePipeline

/// The images most alike to each that is predicted.
struct Neighbors {
  /// How many are shown of each.
  let count: Int
  private let index: FeatureIndex

  init(_ count: Int, in index: FeatureIndex) {
    self.count = count
    self.index = index
  }

  func nearest(to prediction: Prediction) -> [FeatureIndex.Neighbor] {
    index.nearest(count, to: prediction)
  }
}

extension PredictionOptions {
  /// Finds the features of the images to look among; nil where none are asked for.
  ///
  /// - Parameter note: Is told what a person should know.
  func neighbors(
    for model: Model, options: InferenceOptions, note: (String) -> Void
  ) throws -> Neighbors? {
    guard let nearest, let among else { return nil }
    let tree = try DatasetTree.scan(among)
    for notice in tree.notices { note(notice) }
    let index = try FeatureIndex(model, of: tree.training, options: options)
    if !index.skipped.isEmpty {
      let first = index.skipped[0]
      note(
        "\(among): \(index.skipped.count) of its files cannot be used and are not among the nearest; the first: \(first.path): "
          + first.reason)
    }
    return Neighbors(nearest.value, in: index)
  }
}
