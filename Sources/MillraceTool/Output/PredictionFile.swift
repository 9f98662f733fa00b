import ArgumentParser
import Foundation
import MillraceModels
import MillraceReports

/// What a model says of each image of an evaluation, as a file: a row or an object for each, in the order of the data,
/// written as they come.
struct PredictionFile {
  private enum Form: String {
    case csv, json

    init?(_ path: String) { self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased()) }
  }

  /// Checks that a file's name says how it is written.
  ///
  /// - Throws: `ValidationError` for a name that ends with neither `.csv` nor `.json`.
  static func check(_ path: String) throws {
    if Form(path) == nil { throw unknownForm(path) }
  }

  private static func unknownForm(_ path: String) -> ValidationError {
    ValidationError("--predictions must name a .csv or .json file, got '\(path)'")
  }

  /// An image as JSON.
  private struct Item: Encodable {
    let path: String
    let `class`: String
    let predicted: String
    let probability: Float
    let classProbability: Float
    let correct: Bool
  }

  private let form: Form
  private let classes: [String]
  private let file: ResultFile
  private let encoder = JSONEncoder()
  private var isEmpty = true

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - classes: The model's.
  ///   - open: Opens a file of results.
  /// - Throws: `ValidationError` for a name that ends with neither `.csv` nor `.json`; ``FileError``.
  init(
    _ path: String, classes: [String], open: (_ path: String) throws(FileError) -> ResultFile
  ) throws {
    guard let form = Form(path) else { throw Self.unknownForm(path) }
    self.form = form
    self.classes = classes
    file = try open(path)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    switch form {
    case .csv:
      try file.write(
        CSV.row(["path", "class", "predicted", "probability", "class_probability", "correct"]))
    case .json: try file.write("{\"predictions\": [")
    }
  }

  /// Appends an image.
  mutating func add(_ image: EvaluatedImage) throws {
    switch form {
    case .csv: try file.write(row(image))
    case .json: try file.write((isEmpty ? "\n" : ",\n") + object(image))
    }
    isEmpty = false
  }

  /// Moves the file to its place, whole.
  func commit() throws {
    if form == .json { try file.write("\n]}\n") }
    try file.commit()
  }

  private func row(_ image: EvaluatedImage) -> String {
    CSV.row([
      image.path, classes[image.actual], classes[image.predicted], String(image.confidence),
      String(image.share), image.actual == image.predicted ? "1" : "0",
    ])
  }

  private func object(_ image: EvaluatedImage) throws -> String {
    let item = Item(
      path: image.path, class: classes[image.actual], predicted: classes[image.predicted],
      probability: image.confidence, classProbability: image.share,
      correct: image.actual == image.predicted)
    return String(decoding: try encoder.encode(item), as: UTF8.self)
  }
}
