import Foundation

/// From what output on a class is named: below it an image is of none of the classes, as far as the model can tell.
///
/// As a file it is JSON: `{"precision": 0.95, "thresholds": {"cat": 0.71, "dog": null}}`, where a class without a number is
/// never named.
public struct ClassThresholds: Sendable, Hashable {
  /// A class's least output, by the class's name; infinite where it is never named.
  private var least: [String: Double]
  /// That of classes which are not in ``least``.
  private let otherwise: Double
  /// The precision that was wanted, from 0 to 1; nil where the thresholds were given.
  public let precision: Double?

  /// One threshold for all classes.
  public init(_ threshold: Double) {
    (least, otherwise, precision) = ([:], threshold, nil)
  }

  /// For each class the least threshold with which so many of the images taken for it are of it.
  ///
  /// Images that were trained on would promise too much: take validation images.
  ///
  /// - Parameters:
  ///   - precision: The share that must be right, from 0 to 1.
  ///   - labelled: What the model has put out for labelled images.
  ///   - classes: The classes' names, by output.
  public init(precision: Double, _ labelled: LabelledOutputs, classes: [String]) {
    var answers: [[(output: Float, isRight: Bool)]] = Array(repeating: [], count: classes.count)
    for image in 0..<labelled.count {
      let predicted = labelled.predicted(image)
      answers[predicted].append((labelled[image, predicted], predicted == Int(labelled.labels[image])))
    }
    least = [:]
    for (name, all) in zip(classes, answers) {
      let sorted = all.sorted { $0.output > $1.output }
      var right = 0
      var found = Double.infinity
      for (place, answer) in sorted.enumerated() {
        right += answer.isRight ? 1 : 0
        // No threshold lies between equal outputs.
        if place + 1 < sorted.count, sorted[place + 1].output == answer.output { continue }
        if Double(right) >= precision * Double(place + 1) { found = Double(answer.output) }
      }
      least[name] = found
    }
    otherwise = .infinity
    self.precision = precision
  }

  /// The least output with which a class is named; infinite where it never is.
  public subscript(name: String) -> Double { least[name] ?? otherwise }

  /// Whether a class is named with this output.
  package func accepts(_ answer: RankedClass) -> Bool { Double(answer.probability) >= self[answer.name] }

  /// What share of some images is still answered.
  public func coverage(_ labelled: LabelledOutputs, classes: [String]) -> Double {
    guard labelled.count > 0 else { return 0 }
    let answered = (0..<labelled.count).count { image in
      let predicted = labelled.predicted(image)
      return Double(labelled[image, predicted]) >= self[classes[predicted]]
    }
    return Double(answered) / Double(labelled.count)
  }
}

extension ClassThresholds {
  private struct File: Codable {
    var precision: Double?
    var thresholds: [String: Double?]
  }

  /// Why a file of thresholds cannot be used; one line that names it and says what to do.
  public struct FileFault: Error, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let problem: String
    /// One line.
    public var description: String {
      "\(path): \(problem); 'millrace evaluate MODEL DATA --thresholds FILE.json' writes such a file"
    }
  }

  /// The file's text: the same thresholds give the same text.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let file = File(precision: precision, thresholds: least.mapValues { $0.isFinite ? $0 : nil })
    return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
  }

  /// Reads a file's text.
  ///
  /// - Parameters:
  ///   - text: What ``text()`` gives.
  ///   - path: The file, for messages.
  ///   - classes: The model's classes, each of which must have an entry.
  public init(parsing text: String, path: String, classes: [String]) throws(FileFault) {
    guard let file = try? JSONDecoder().decode(File.self, from: Data(text.utf8)) else {
      throw FileFault(path: path, problem: "is not a JSON object with an object of numbers 'thresholds'")
    }
    if let missing = classes.first(where: { file.thresholds[$0] == nil }) {
      throw FileFault(path: path, problem: "has no threshold of the class \(quotedForMessage(missing))")
    }
    least = file.thresholds.mapValues { $0 ?? .infinity }
    otherwise = .infinity
    precision = file.precision
  }
}
