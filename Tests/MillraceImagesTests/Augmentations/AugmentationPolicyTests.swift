import Foundation
import MillraceRandom
import Testing

@testable import MillraceImages

struct AugmentationPolicyTests {
  @Test(arguments: [
    (
      "flip:0.5, crop:scale=0.5..1;ratio=0.75..1.25, rotate:15",
      "flip:0.5, crop:0.5..1;ratio=0.75..1.25, rotate:15"
    ),
    ("  rotate : 15 ;p=0.5", "rotate:15;p=0.5"),
    ("rotate:-5..10", "rotate:-5..10"),
    ("rotate:±30", "rotate:±30"),
    ("rotate:+-30", "rotate:±30"),
    ("translate:0.1", "translate:0.1"),
    ("translate:0.1;y=0", "translate:x=0.1;y=0"),
    ("translate:x=0.2", "translate:x=0.2;y=0.1"),
    ("jitter:0.4;hue=20", "jitter:0.4;hue=20"),
    ("flip", "flip:0.5"),
    ("none", "none"),
    ("none, flip:1", "flip:1"),
    ("light", "light"),
    ("light:0.5, mixup:0.3", "light:0.5, mixup:0.3"),
    ("mixup, rotate:3", "rotate:3, mixup:0.2"),
    ("oneof(rotate:5|shear:4,flip:1 | none):0.5", "oneof(rotate:5 | shear:4, flip:1 | none):p=0.5"),
    ("oneof( oneof(flip:1|none) | rotate:5 )", "oneof(oneof(flip:1 | none) | rotate:5)"),
    ("oneof(rotate:5):0.5", "oneof(rotate:5):p=0.5"),
  ])
  func `a policy prints its shortest spelling, which reads back as the same policy`(
    text: String, printed: String
  ) throws {
    let policy = try AugmentationPolicy(parsing: text)
    #expect(policy.description == printed)
    #expect(try AugmentationPolicy(parsing: printed) == policy)
    let data = try JSONEncoder().encode([policy])
    #expect(try JSONDecoder().decode([AugmentationPolicy].self, from: data) == [policy])
  }

  @Test func `a list of members reads like a line of them`() throws {
    let data = Data(#"[["flip:0.5", "rotate:15"]]"#.utf8)
    let list = try JSONDecoder().decode([AugmentationPolicy].self, from: data)
    #expect(try list == [AugmentationPolicy(parsing: "flip:0.5, rotate:15")])
  }

  @Test(arguments: [
    ("rotat:15", ["rotat", "did you mean \"rotate\"", "flip"]),
    ("flpi", ["did you mean \"flip\""]),
    ("rotate:degres=15", ["rotate", "degres", "did you mean \"degrees\""]),
    ("rotate:200", ["rotate", "degrees=200", "-180 to 180°"]),
    ("brightness:20", ["brightness", "factor=20", "0 to 10", "1-v..1+v"]),
    ("crop:scale=0..1", ["crop", "scale=0..1", "0.01 to 1"]),
    ("crop:1..0.5", ["crop", "scale", "1..0.5"]),
    ("rotate:15;20", ["20", "name=value"]),
    ("rotate:15;degrees=20;degrees=3", ["degrees twice"]),
    ("rotate:15;p=0.2;p=0.3", ["p twice"]),
    ("rotate:nan", ["nan"]),
    ("rotate:inf", ["inf"]),
    ("rotate:1e40", ["1e40"]),
    ("flip:2", ["flip", "p=2", "0 to 1"]),
    ("flip:left", ["flip", "p", "left"]),
    ("flip,,rotate", ["between commas"]),
    ("", ["between commas"]),
    ("oneof(flip", ["closing bracket"]),
    ("flip)", ["opening bracket"]),
    ("oneof(flip|mixup)", ["mixup", "whole minibatches"]),
    ("oneof(flip) x", ["after oneof"]),
    ("oneof", ["unknown augmentation"]),
    ("oneof(rotate:20, shear:15)", ["one choice", "a bar", "oneof(rotate:20 | shear:15)"]),
    ("flip, oneof( blur , oneof(noise|erase) ):0.3", ["oneof(blur | oneof(noise|erase))"]),
    ("oneof(flip | oneof(blur, noise))", ["oneof(blur | noise)"]),
  ])
  func `a policy that cannot be read says what would be right`(text: String, words: [String]) {
    do {
      _ = try AugmentationPolicy(parsing: text)
      Issue.record("\(text) should be refused")
    } catch {
      for word in words { #expect(error.description.contains(word), "\(error.description)") }
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func `a probability is kept`() throws {
    let policy = try AugmentationPolicy(parsing: "flip:0.3, rotate:10;p=0.7, oneof(shear | scale | stretch)")
    var counts: [String: Int] = [:]
    for sample in 0..<4000 {
      for step in draw(policy, sample: sample).steps { counts[step.name, default: 0] += 1 }
    }
    for (name, expected) in [
      ("flip", 1200), ("rotate", 2800), ("shear", 1333), ("scale", 1333), ("stretch", 1333),
    ] {
      // The limit is five standard deviations of a binomial count.
      #expect(abs(counts[name, default: 0] - expected) < 160, "\(name): \(counts)")
    }
  }

  @Test func `the ends of a range are taken alone where ± says so`() throws {
    let turn = try AugmentationPolicy(parsing: "rotate:±30")
    let light = try AugmentationPolicy(parsing: "brightness:±0.25")
    let turns = Set((0..<50).map { draw(turn, sample: $0).steps[0].values[0].value })
    let lights = Set((0..<50).map { draw(light, sample: $0).steps[0].values[0].value })
    #expect(turns == [-30, 30])
    #expect(lights == [0.75, 1.25])
  }

  @Test func `each sample draws its own numbers, whatever was drawn before`() throws {
    let policy = try AugmentationPolicy(parsing: "flip, crop, rotate, jitter")
    let alone = draw(policy, sample: 5)
    for sample in 0..<5 { _ = draw(policy, sample: sample) }
    #expect(draw(policy, sample: 5) == alone)
    #expect(draw(policy, sample: 6) != alone)
  }

  @Test func `strengths run through an augmentation's range`() throws {
    let policies = try AugmentationPolicy.strengths(of: "rotate:30", steps: 5)
    let angles = policies.map { draw($0, sample: 0).steps[0].values[0].value }
    #expect(angles == [-30, -15, 0, 15, 30])
    #expect(throws: AugmentationError.self) { try AugmentationPolicy.strengths(of: "light", steps: 5) }
    #expect(throws: AugmentationError.self) { try AugmentationPolicy.strengths(of: "mixup", steps: 5) }
  }

  @Test(arguments: [
    ("none", Float(1)), ("flip, rotate:30", 1), ("scale:0.5..2", 2), ("crop:0.25..1;ratio=1", 2),
    ("crop:0.25..1;ratio=1, scale:0.5", 3), ("oneof(scale:0.5 | scale:0.75)", 1.75),
  ])
  func `magnification bounds what a draw may enlarge`(text: String, expected: Float) throws {
    let magnification = try AugmentationPolicy(parsing: text).magnification
    #expect(abs(magnification - expected) < 1e-5)
  }

  @Test func `no crop needs more pixels than the magnification promises`() throws {
    let policy = try AugmentationPolicy(parsing: "crop:0.2..1;ratio=0.5..2")
    let output = ImageSize(width: 30, height: 20)
    for (width, height) in [(60, 40), (300, 100), (100, 300), (64, 64)] {
      let source = ImageSize(width: width, height: height)
      let fit = SourceWindow.covering(output, of: source)
      for sample in 0..<500 {
        var composition = Composition()
        composition.begin(source: source, grid: PixelGrid(), output: output, channels: .gray)
        draw(policy, sample: sample, from: source, to: output).compose(into: &composition)
        let window = composition.finalWindow
        let zoom = max(fit.width / window.width, fit.height / window.height)
        #expect(zoom <= Double(policy.magnification) * 1.0001)
        #expect(window.x >= -1e-9 && window.x + window.width <= Double(width) + 1e-9)
        #expect(window.y >= -1e-9 && window.y + window.height <= Double(height) + 1e-9)
      }
    }
  }

  @Test func `every preset reads, draws and differs`() throws {
    let descriptions = try Preset.all.map { preset in
      let policy = try AugmentationPolicy(parsing: preset.descriptor.name)
      let image = syntheticImage(width: 40, height: 36, channels: .rgb)
      for sample in 0..<5 {
        let row = try render(
          draw(policy, sample: sample, source: image, output: ImageSize(width: 16, height: 16)), image,
          width: 16, height: 16)
        #expect(row.allSatisfy { $0 >= -1e-4 && $0 <= 1.0001 })
      }
      return policy.description
    }
    #expect(Set(descriptions).count == Preset.all.count)
  }
}
