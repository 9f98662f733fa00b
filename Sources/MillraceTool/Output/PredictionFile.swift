import ArgumentParser
import Foundation
import Millrace
import MillraceReports

/// What a model says of each image of an evaluation, as a file: a row or an object for each, in the order of the data.
struct PredictionFile {
  private enum Form { case csv, json }

  /// An image as JSON.
  private struct Item: Encodable {
    let path: String
    let `class`: String
    let predicted: String
    let probability: Float
    let classProbability: Float
    let correct: Bool
  }

  private let path: String
  private let form: Form
  private let classes: [String]
  private var items: [EvaluatedImage] = []

  /// - Throws: `ValidationError` for a name that ends with neither `.csv` nor `.json`.
  init(_ path: String, classes: [String]) throws {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "csv": form = .csv
    case "json": form = .json
    default: throw ValidationError("--predictions must name a .csv or .json file, got '\(path)'")
    }
    self.path = path
    self.classes = classes
  }

  mutating func add(_ image: EvaluatedImage) { items.append(image) }

  /// Writes the file, whole or not at all.
  func write() throws {
    switch form {
    case .csv:
      let heading = CSV.row(["path", "class", "predicted", "probability", "class_probability", "correct"])
      try DurableFile.write(heading + items.map(row).joined(), to: path)
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      let list = items.map {
        Item(
          path: $0.path, class: classes[$0.actual], predicted: classes[$0.predicted],
          probability: $0.confidence, classProbability: $0.share, correct: $0.actual == $0.predicted)
      }
      let text = String(decoding: try encoder.encode(["predictions": list]), as: UTF8.self)
      try DurableFile.write(text + "\n", to: path)
    }
  }

  private func row(_ image: EvaluatedImage) -> String {
    CSV.row([
      image.path, classes[image.actual], classes[image.predicted], String(image.confidence),
      String(image.share), image.actual == image.predicted ? "1" : "0",
    ])
  }
}
