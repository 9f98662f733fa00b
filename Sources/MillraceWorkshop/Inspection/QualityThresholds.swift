import MillraceImages
public import MillraceModels
import MillracePipeline

/// From where on a check calls a picture blurred, dark, bright, blank or of an odd shape.
public struct QualityThresholds: Sendable, Hashable {
  /// Below this `ImageLook/sharpness` a picture is blurred (`blurred`), from 0, which finds none.
  public var blurred = 0.04
  /// A picture is dark where 99 of 100 pixels are below this level (`dark`), from 0, which finds none, to 1.
  public var dark = 0.25
  /// A picture is bright where 99 of 100 pixels are above this level (`bright`), from 0 to 1, which finds none.
  public var bright = 0.75
  /// A picture is blank where nearly all its levels lie within this range (`blank`), from 0, which finds none, to 1.
  public var blank = 0.04
  /// A picture's shape is odd where one side is more than so many times the other (`odd-ratio`), from 1.
  public var oddRatio = 3.0

  /// The defaults.
  public init() {}

  /// Checks the ranges.
  public func validate() throws(ConfigurationError) {
    for (setting, value) in [("blurred", blurred), ("dark", dark), ("bright", bright), ("blank", blank)] {
      try require((0...1).contains(value), setting, "must be from 0 to 1, got \(value)")
    }
    try require(oddRatio >= 1 && oddRatio.isFinite, "odd-ratio", "must be at least 1, got \(oddRatio)")
  }

  /// What is suspect about a usable image, with the figure that says so.
  func findings(of image: InspectedImage) -> [(DatasetReport.Finding, detail: String?)] {
    var found: [(DatasetReport.Finding, detail: String?)] = []
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    if let look = image.look {
      if look.contrast < blank {
        found.append((.blank, "levels from \(percent(look.darkest)) to \(percent(look.lightest))"))
      } else {
        if look.lightest < dark { found.append((.dark, "nothing is lighter than \(percent(look.lightest))")) }
        if look.darkest > bright {
          found.append((.bright, "nothing is darker than \(percent(look.darkest))"))
        }
        if let sharpness = look.sharpness, sharpness < blurred {
          found.append((.blurred, "sharpness \((1000 * sharpness).rounded() / 1000)"))
        }
      }
    }
    if image.isUsable, let size = image.header?.size,
      Double(max(size.width, size.height)) > oddRatio * Double(min(size.width, size.height))
    {
      found.append((.oddRatio, "\(size.width)×\(size.height)"))
    }
    return found
  }
}
