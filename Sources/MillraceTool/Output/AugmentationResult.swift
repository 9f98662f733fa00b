import MillraceImages

/// The list of augmentations as JSON.
struct AugmentationList: Encodable {
  let augmentations: [AugmentationResult]

  init(_ descriptors: [AugmentationDescriptor]) {
    augmentations = descriptors.map(AugmentationResult.init)
  }
}

/// An augmentation's description as JSON.
struct AugmentationResult: Encodable {
  struct Parameter: Encodable {
    let name: String
    let summary: String
    let allowed: String
    let `default`: String
    let unit: String
  }

  let name: String
  let summary: String
  let stage: String
  let source: String
  let defaultProbability: Float
  let parameters: [Parameter]

  init(_ descriptor: AugmentationDescriptor) {
    name = descriptor.name
    summary = descriptor.summary
    stage = descriptor.stage.rawValue
    source = descriptor.source
    defaultProbability = descriptor.defaultProbability
    parameters = descriptor.parameters.map {
      Parameter(
        name: $0.name, summary: $0.summary, allowed: $0.allowed, default: $0.defaultArgument.description,
        unit: $0.unit)
    }
  }
}
