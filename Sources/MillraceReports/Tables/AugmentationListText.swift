public import Millrace

/// Every augmentation with what can be asked of it.
public enum AugmentationListText {
  private static let headings: [AugmentationDescriptor.Stage: String] = [
    .geometry: "Geometry (one resample of all together)", .color: "Colour", .local: "Neighbourhoods",
    .batch: "Whole minibatches", .policy: "Presets",
  ]

  /// The list, by stage.
  ///
  /// - Parameter width: The columns there are; nil: 100.
  public static func lines(_ descriptors: [AugmentationDescriptor], width: Int?) -> [String] {
    let columns = max(30, width ?? 100)
    var lines = [
      "A policy is a list such as  flip:0.5, crop:0.5..1, rotate:15  (see DATA's previews with it before training)."
    ]
    .flatMap { wrapped($0, indent: 0, columns: columns) }
    for stage in AugmentationDescriptor.Stage.allCases {
      let members = descriptors.filter { $0.stage == stage }
      if members.isEmpty { continue }
      lines += ["", headings[stage] ?? stage.rawValue]
      for descriptor in members { lines += entry(descriptor, columns: columns) }
    }
    return lines
  }

  private static func entry(_ descriptor: AugmentationDescriptor, columns: Int) -> [String] {
    var lines = wrapped("\(descriptor.name)  \(descriptor.summary)", indent: 2, columns: columns)
    for parameter in descriptor.parameters {
      let text =
        "\(parameter.name)=\(parameter.defaultArgument)\(parameter.unit)  \(parameter.summary): \(parameter.allowed)"
      lines += wrapped(text, indent: 6, columns: columns)
    }
    if descriptor.defaultProbability < 1 {
      lines += wrapped(
        "p=\(Figures.significant(Double(descriptor.defaultProbability)))  how often it is applied", indent: 6,
        columns: columns)
    }
    return lines + wrapped("[\(descriptor.source)]", indent: 6, columns: columns)
  }

  /// The words in lines of at most so many columns; lines after the first stand two further in.
  private static func wrapped(_ text: String, indent: Int, columns: Int) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isFresh = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !isFresh && line.displayWidth + 1 + word.displayWidth > columns {
        lines.append(line)
        line = String(repeating: " ", count: indent + 2)
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return lines + [line]
  }
}
