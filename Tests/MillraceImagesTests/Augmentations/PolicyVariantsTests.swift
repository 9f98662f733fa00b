import Testing

@testable import MillraceImages

struct PolicyVariantsTests {
  @Test(arguments: [
    ("rotate:10, translate:0.06, border:reflect", 1.5, "rotate:15, translate:0.09, border:reflect"),
    ("rotate:10", 0.5, "rotate:5"), ("rotate:±10", 2, "rotate:±20"), ("rotate:5..15", 2, "rotate:10..30"),
    ("scale:0.8..1.2", 1.5, "scale:0.3"), ("jitter:0.3;hue=10", 2, "jitter:0.6;hue=20"),
    // Shares are scaled as powers: half of the area, applied twice, is a quarter.
    ("crop:0.5..1", 2, "crop:0.25..1;ratio=0.563..1.78"),
    ("crop:0.25..1;ratio=1", 0.5, "crop:0.5..1;ratio=1"),
    // Numbers stay within the allowed range.
    ("rotate:150", 2, "rotate:180"), ("pad-crop:3", 1.5, "pad-crop:5"),
    ("oneof(rotate:10 | blur:0.2..0.8):p=0.3", 2, "oneof(rotate:20 | blur:0.4..1.6):p=0.3"),
    // Members without a neutral value, probabilities and members that mix minibatches stay.
    ("flip:0.5, mixup:0.2", 2, "flip:0.5, mixup:0.2"), ("randaugment:2", 2, "randaugment:2"),
    ("rotate:10;p=0.5", 2, "rotate:20;p=0.5"),
  ]) func `Ranges are scaled around what changes nothing`(text: String, factor: Float, expected: String)
    throws
  {
    let scaled = try AugmentationPolicy(parsing: text).scaled(by: factor)
    #expect(scaled == (try AugmentationPolicy(parsing: expected)), "\(scaled)")
  }

  @Test func `A preset is written out where a member of it changes, and stays where none does`() throws {
    let light = try AugmentationPolicy(parsing: "light, rotate:10")
    #expect(light.contains("flip") && light.contains("rotate") && !light.contains("shear"))
    #expect(light.without("shear") == light && light.scaled(by: 1) == light)
    #expect(light.without("flip").description == "crop:0.8..1;ratio=0.9..1.1, jitter:0.1, rotate:10")
    #expect(light.without("rotate").description == "light")
    #expect(
      try AugmentationPolicy(parsing: "strong").scaled(by: 0.5).description.hasPrefix("flip:0.5, crop:0.59"))
  }

  @Test func `Members are added at the end, and taken away wherever they are`() throws {
    #expect(try AugmentationPolicy.none.adding("flip:0.5").description == "flip:0.5")
    let policy = try AugmentationPolicy(parsing: "oneof(flip:0.5 | rotate:5), flip:0.3, mixup:0.2")
    #expect(try policy.adding("shear:5").description.hasSuffix("shear:5, mixup:0.2"))
    #expect(policy.without("flip").description == "oneof(none | rotate:5), mixup:0.2")
    #expect(policy.without("mixup").batch.isNone && policy.contains("mixup"))
    #expect(try AugmentationPolicy(parsing: "mixup:0.2").without("mixup") == .none)
    #expect(throws: AugmentationError.self) {
      try AugmentationPolicy(parsing: "border:reflect").adding("border:edge")
    }
  }
}
