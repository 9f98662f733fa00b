import MillraceModels
public import MillraceTraining

/// Writes `out-of-fold.csv` into the folder of a cross-validation: a row for each image that could be used, the
/// most suspect label first, with the outputs of the network that was not trained on the image.
///
/// `rank` counts from 1; `suspicion` and `suspect` are those of `ConfidentLearning`, and `likelier` is the class
/// that is more likely by the suspicion; `predicted` is the class with the largest output. The outputs follow, with
/// a column `p:` and the class's name for each class.
public final class OutOfFoldCSV: EnsembleObserver {
  private static let columns = [
    "rank", "path", "class", "predicted", "likelier", "suspicion", "suspect", "fold",
  ]

  private var folder: RunFolder?

  /// Writes into the runs' folder, and nothing where there is none.
  public init() {}

  /// Writes the file once the members are done.
  public func receive(_ event: EnsembleEvent) throws {
    switch event {
    case .started(let start): folder = start.folder.map { RunFolder(path: $0) }
    case .examined(let examination):
      guard let folder, let predictions = examination.outOfFold else { return }
      try Self.write(predictions, to: folder.outOfFold)
    case .memberStarted, .member, .memberFinished, .examining, .notice, .finished: break
    }
  }

  private static func write(_ predictions: OutOfFoldPredictions, to path: String) throws {
    var file = try DurableFile(replacing: path)
    let classes = predictions.classes
    var pending = CSV.row(columns + classes.map { "p:\($0)" })
    for (index, row) in predictions.rows.enumerated() {
      pending += CSV.row(
        [
          String(index + 1), row.path, classes[row.label], classes[row.predicted], classes[row.rival],
          Figures.fixed(row.suspicion, 6), row.isSuspect ? "1" : "0", String(row.fold),
        ] + predictions.outputs(of: row).map { String($0) })
      if pending.utf8.count > 1 << 16 {
        try file.write(Array(pending.utf8))
        pending = ""
      }
    }
    try file.write(Array(pending.utf8))
    try file.commit()
  }
}
