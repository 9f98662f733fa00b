import MillraceExport
import MillraceModels
import MillracePipeline
import MillraceReports

/// Predictions on their way out: a table and CSV row by row, JSON at the end.
struct PredictionOutput {
  enum Form { case table, csv, json }

  /// Some files could not be used; each was reported when it was met.
  struct BadFiles: Error {}

  /// All predictions as JSON.
  private struct Document: Encodable {
    struct Item: Encodable {
      struct Ranked: Encodable {
        let `class`: String
        let probability: Float
      }

      let path: String
      /// Left out where the model is too unsure to name one.
      let `class`: String?
      let probability: Float
      let topK: [Ranked]
      /// Left out where they are not asked for.
      let nearest: [Near]?
      /// Left out where it is not asked for.
      let explanation: Explained?
    }

    struct Explained: Encodable {
      let file: String
      let coveredProbability: Float
      let elsewhereProbability: Float
    }

    struct Near: Encodable {
      let path: String
      let `class`: String
      let similarity: Float

      init(_ neighbor: FeatureIndex.Neighbor) {
        path = neighbor.path
        `class` = neighbor.className
        similarity = neighbor.similarity
      }
    }

    var count = 0
    var predictions: [Item] = []
    var skipped: [SkippedFile] = []
  }

  private let form: Form
  private let topK: Int
  private let rows: PredictionRows
  private let neighbors: Neighbors?
  private let features: FeatureFile?
  private let explanations: ExplanationFolder?
  private var document = Document()
  private var hasBegun = false

  init(
    classes: [String], topK: Int, form: Form, neighbors: Neighbors? = nil, features: FeatureFile? = nil,
    explanations: ExplanationFolder? = nil
  ) {
    self.form = form
    self.neighbors = neighbors
    self.features = features
    self.explanations = explanations
    self.topK = min(topK, classes.count)
    rows = PredictionRows(classes: classes, topK: topK, width: Terminal.standardOutput().columns())
  }

  /// Headings wait for the first result: before it, everything may still fail.
  private mutating func begin() throws {
    if hasBegun { return }
    hasBegun = true
    switch form {
    case .table: try StandardOutput.write(lines: rows.heading)
    case .csv:
      let more = (2...max(2, topK)).prefix(topK - 1).flatMap { ["class_\($0)", "probability_\($0)"] }
      let near = (1...max(1, neighbors?.count ?? 0)).prefix(neighbors?.count ?? 0).flatMap {
        ["nearest_\($0)", "nearest_\($0)_class", "nearest_\($0)_similarity"]
      }
      try StandardOutput.write(CSV.row(["path", "class", "probability"] + more + near))
    case .json: break
    }
  }

  mutating func show(_ result: Result<Prediction, BadSample>) throws {
    switch result {
    case .failure(let bad):
      document.skipped.append(SkippedFile(path: bad.path, reason: bad.reason))
      Failure.report("\(bad.path): \(bad.reason)")
    case .success(let prediction):
      try begin()
      features?.add(prediction)
      let nearest = neighbors?.nearest(to: prediction)
      let picture = try explanations?.add(prediction)
      switch form {
      case .table:
        try StandardOutput.write(lines: rows.lines(prediction) + (nearest ?? []).map(rows.line))
      case .csv:
        let cells = prediction.ranked.prefix(topK).enumerated().flatMap { rank, ranked in
          [rank == 0 && prediction.isRejected ? "" : ranked.name, String(ranked.probability)]
        }
        let near = (nearest ?? []).flatMap { [$0.path, $0.className, String($0.similarity)] }
        let gaps = Array(repeating: "", count: 3 * (neighbors?.count ?? 0) - near.count)
        try StandardOutput.write(CSV.row([prediction.path] + cells + near + gaps))
      case .json: add(prediction, nearest, picture)
      }
    }
  }

  private mutating func add(_ prediction: Prediction, _ nearest: [FeatureIndex.Neighbor]?, _ picture: String?)
  {
    guard let best = prediction.ranked.first else { return }
    document.count += 1
    document.predictions.append(
      Document.Item(
        path: prediction.path, class: prediction.isRejected ? nil : best.name, probability: best.probability,
        topK: prediction.ranked.prefix(topK).map {
          Document.Item.Ranked(class: $0.name, probability: $0.probability)
        }, nearest: nearest?.map(Document.Near.init),
        explanation: picture.flatMap { file in
          prediction.explanation.map {
            Document.Explained(
              file: file, coveredProbability: $0.coveredProbability,
              elsewhereProbability: $0.elsewhereProbability)
          }
        }))
  }

  func end() throws {
    if form == .json { try StandardOutput.write(json: document) }
    if !document.skipped.isEmpty { throw BadFiles() }
  }
}
