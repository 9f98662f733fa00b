import MillraceImages
public import MillracePipeline

/// To which slice each image of a data set belongs, by name.
package struct SliceNames: Equatable {
  /// By sample.
  let ofSample: [String]
  /// Every slice once, in the order in which they are shown.
  package let order: [String]

  /// Slices by equal texts, in natural order; texts that are all numbers, and many, by thirds.
  ///
  /// - Throws: ``ConfigurationError`` where there are too many.
  package static func of(_ texts: [String], column: String) throws(ConfigurationError) -> SliceNames {
    let different = Set(texts.map(ExactText.init)).map(\.text)
    let numbers = texts.map { Double($0) }
    if different.count > mostPlainNumbers, numbers.allSatisfy({ $0?.isFinite ?? false }) {
      return thirds(
        of: numbers, named: ["least", "middle", "largest"], none: nothing,
        text: { $0 == $0.rounded() && abs($0) < 1e15 ? String(Int($0)) : String($0) })
    }
    guard different.count <= SliceRule.mostTexts else {
      throw ConfigurationError(
        setting: "slices",
        problem:
          "column '\(column)' has \(different.count) different texts, and a slice is of many images; name a column of at "
          + "most \(SliceRule.mostTexts), or one of numbers")
    }
    return SliceNames(
      ofSample: texts.map { $0.isEmpty ? nothing : $0 },
      order: different.sorted(by: NaturalOrder.precedes).map { $0.isEmpty ? nothing : $0 })
  }

  /// The slice of those whose line has nothing in the column.
  private static let nothing = "(nothing)"
  /// More different numbers than this are cut into thirds.
  private static let mostPlainNumbers = 10

  /// Slices of much the same size by a measure; equal values stay together.
  ///
  /// - Parameters:
  ///   - values: By sample; nil of one that has no such measure.
  ///   - names: What the least, the middle and the largest third are called.
  ///   - none: What those without a value are called.
  ///   - text: How a value is written.
  static func thirds(
    of values: [Double?], named names: [String], none: String, text: (Double) -> String
  ) -> SliceNames {
    let sorted = values.compactMap(\.self).sorted()
    let cuts = sorted.isEmpty ? [] : [sorted[sorted.count / 3], sorted[sorted.count * 2 / 3]]
    let places = values.map { value in value.map { value in cuts.count { $0 <= value } } }
    let found = Set(places.compactMap(\.self))
    let shown = names.enumerated().map { place, name -> String? in
      let own = zip(values, places).compactMap { $0.1 == place ? $0.0 : nil }
      guard let least = own.min(), let largest = own.max() else { return nil }
      let (first, last) = (text(least), text(largest))
      return (found.count == 1 ? "all" : name) + ": " + (first == last ? first : "\(first) to \(last)")
    }
    return SliceNames(
      ofSample: places.map { place in place.flatMap { shown[$0] } ?? none },
      order: shown.compactMap(\.self) + (places.contains(nil) ? [none] : []))
  }
}

extension SliceRule {
  /// Checks that images can be told apart by it, before they are measured.
  ///
  /// - Throws: ``ConfigurationError`` or `DatasetError`, as ``EvaluationSlices`` does.
  public func check(_ images: MeasuredImages) throws {
    if try columnNames(of: images) == nil { try images.dataset.requireFiles() }
  }

  /// The slice of each image by a column; nil for a measure.
  private func columnNames(of images: MeasuredImages) throws -> SliceNames? {
    guard case .column(let column) = self else { return nil }
    guard let texts = try images.texts(ofColumn: column) else {
      throw ConfigurationError(
        setting: "slices",
        problem:
          "'\(column)' is not a measure (\(SliceRule.words.joined(separator: ", "))), and no table says what it is of each "
          + "image; give one with labels")
    }
    return try SliceNames.of(texts, column: column)
  }

  /// The slice of each image.
  package func names(
    of images: MeasuredImages, options: InferenceOptions, progress: @escaping (Int, Int) throws -> Void
  ) throws -> SliceNames {
    if let names = try columnNames(of: images) { return names }
    try images.dataset.requireFiles()
    // Neither the look nor the size of a file's picture depends on what is made of it later.
    let inspected = try images.dataset.inspected(
      preprocessing: Preprocessing(size: ImageSize(width: 32, height: 32), channels: .rgb),
      limits: options.reading.decodeLimits, maxFileBytes: options.reading.maxFileBytes,
      threads: options.execution.resolvedLoaders, progress: progress)
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    switch self {
    case .brightness:
      return SliceNames.thirds(
        of: inspected.map { $0.look?.mean }, named: ["darkest", "middle", "brightest"], none: "unreadable",
        text: percent)
    case .sharpness:
      return SliceNames.thirds(
        of: inspected.map { $0.look?.sharpness }, named: ["most blurred", "middle", "sharpest"],
        none: "plain", text: { String((1000 * $0).rounded() / 1000) })
    case .size, .column:
      return SliceNames.thirds(
        of: inspected.map { image in (image.header?.size).map { Double($0.width * $0.height) } },
        named: ["smallest", "middle", "largest"], none: "unreadable", text: { "\(Int($0)) pixels" })
    }
  }
}
