package import MillraceImages

/// Every augmentation with what a policy may set.
package enum AugmentationListText {
  private static let headings: [AugmentationDescriptor.Stage: String] = [
    .geometry: "Geometry (one resample of all together)", .color: "Colour", .local: "Neighbourhoods",
    .batch: "Whole minibatches", .policy: "Presets",
  ]

  /// The list, by stage.
  ///
  /// - Parameters:
  ///   - descriptors: The augmentations to list.
  ///   - width: The number of columns; nil: 100.
  package static func lines(_ descriptors: [AugmentationDescriptor], width: Int?) -> [String] {
    let columns = max(30, width ?? 100)
    var lines = """
      A policy is a list such as 'flip:0.5, crop:0.5..1, rotate:15', or the name of a preset. Any member may \
      be applied now and then, as in 'blur:p=0.2', and 'oneof(blur | noise):0.3' applies one of several.
      """.wrapped(columns: columns)
    for stage in AugmentationDescriptor.Stage.allCases {
      let members = descriptors.filter { $0.stage == stage }
      if members.isEmpty { continue }
      lines += ["", headings[stage] ?? stage.rawValue]
      for descriptor in members { lines += entry(descriptor, columns: columns) }
    }
    return lines
  }

  private static func entry(_ descriptor: AugmentationDescriptor, columns: Int) -> [String] {
    var lines = "\(descriptor.name)  \(descriptor.summary)".wrapped(columns: columns, indent: 2, hanging: 4)
    for parameter in descriptor.parameters {
      let text =
        "\(parameter.name)=\(parameter.defaultArgument)\(parameter.unit)  \(parameter.summary): \(parameter.allowed)"
      lines += text.wrapped(columns: columns, indent: 6, hanging: 8)
    }
    if descriptor.defaultProbability < 1 {
      lines += "p=\(Figures.significant(Double(descriptor.defaultProbability)))  how often it is applied"
        .wrapped(columns: columns, indent: 6, hanging: 8)
    }
    return lines + "[\(descriptor.source)]".wrapped(columns: columns, indent: 6, hanging: 8)
  }
}
