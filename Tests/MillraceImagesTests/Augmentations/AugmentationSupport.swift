import Foundation
import MillraceRandom
import Testing

@testable import MillraceImages

/// A smooth picture with structure at several scales, in colour and off centre, so that a mirror image, a shift or
/// a swapped channel shows.
func syntheticImage(width: Int, height: Int, channels: Channels) -> Image {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      let u = (Double(x) + 0.5) / Double(width)
      let v = (Double(y) + 0.5) / Double(height)
      let disc = 1 / (1 + exp((hypot(u - 0.35, v - 0.4) - 0.22) * 40))
      let bar = 1 / (1 + exp((abs(u + v - 1.35) - 0.06) * 60))
      let waves = 0.5 + 0.5 * sin(9 * u + 2) * cos(7 * v - 1)
      let colors = [
        0.15 + 0.7 * disc + 0.1 * waves, 0.1 + 0.75 * waves * (1 - disc), 0.2 + 0.3 * v + 0.45 * bar,
      ]
      switch channels {
      case .rgb: pixels += colors.map { UInt8((255 * min(1, max(0, $0))).rounded()) }
      case .gray: pixels.append(UInt8((255 * min(1, max(0, colors[0] * 0.6 + colors[2] * 0.4))).rounded()))
      }
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// The row that a plan makes of an image; the memory is filled with NaN beforehand.
func render(
  _ plan: AugmentationPlan, _ image: Image, width: Int, height: Int, background: SIMD3<UInt8> = .zero
) throws -> [Float] {
  let preprocessing = try Preprocessing(
    size: ImageSize(width: width, height: height), channels: image.channels, background: background)
  let executor = AugmentationExecutor(preprocessing: preprocessing)
  var row = [Float](repeating: .nan, count: preprocessing.featureCount + 16)
  image.withView { executor.carryOut(plan, on: $0, into: &row) }
  let isUntouched = row.suffix(16).allSatisfy { $0.isNaN }
  #expect(isUntouched, "nothing is written past the row")
  return Array(row.dropLast(16))
}

func draw(
  _ policy: AugmentationPolicy, sample: Int, seed: UInt64 = 7, source: Image? = nil, output: ImageSize? = nil
) -> AugmentationPlan {
  let size = ImageSize(width: source?.width ?? 40, height: source?.height ?? 36)
  return draw(policy, sample: sample, seed: seed, from: size, to: output ?? size)
}

/// The plan of one sample for a source and an output size.
func draw(
  _ policy: AugmentationPolicy, sample: Int, seed: UInt64 = 7, from source: ImageSize, to output: ImageSize
) -> AugmentationPlan {
  let random = KeyedRandom(seed: seed, purpose: .augmentation, epoch: 0, sample: sample)
  var plan = AugmentationPlan()
  policy.draw(from: random, source: source, output: output, into: &plan)
  return plan
}

/// The image that the policy's first draw makes, on a scale from 0 to 255.
func augmented(_ policy: String, _ image: Image, width: Int, height: Int, sample: Int = 0) throws -> [Float] {
  let plan = draw(
    try AugmentationPolicy(parsing: policy), sample: sample, source: image,
    output: ImageSize(width: width, height: height))
  return try render(plan, image, width: width, height: height).map { $0 * 255 }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// The whole test of one registered augmentation: it is repeatable, writes every value, stays in range, refuses bad
/// arguments, and survives being printed and replayed.
func checkAugmentation(_ name: String) throws {
  let descriptor = try #require(AugmentationRegistry.descriptors.first { $0.name == name })
  let widest = descriptor.parameters.map { parameter in
    switch parameter.form {
    case .choice(let words): "\(parameter.name)=\(words.last ?? "")"
    case .count: "\(parameter.name)=\(AugmentationArgument.value(parameter.range.upperBound))"
    default:
      "\(parameter.name)=\(AugmentationArgument.range(parameter.range.lowerBound, parameter.range.upperBound))"
    }
  }
  let plain = try AugmentationPolicy(parsing: "\(name):p=1")
  let wide = try AugmentationPolicy(parsing: "\(name):\((widest + ["p=1"]).joined(separator: ";"))")
  checkDraws(of: plain, descriptor, count: 1_000)
  checkDraws(of: wide, descriptor, count: 10_000)
  try checkRepeatable(plain, samples: 4)
  try checkRepeatable(wide, samples: 3)
  try checkPrinting(plain)
  try checkPrinting(wide)
  try checkPrinting(AugmentationPolicy(parsing: "\(name):p=0.25"))
  try checkNeutral(descriptor)
  checkRejections(descriptor)
}

private func checkDraws(of policy: AugmentationPolicy, _ descriptor: AugmentationDescriptor, count: Int) {
  guard case .augmentation(let call) = policy.members[0].content else {
    Issue.record("\(descriptor.name) is not one augmentation")
    return
  }
  // A number with the name of a parameter also obeys the policy's own span, besides the descriptor's range.
  let ranges = descriptor.draws.map { draw in
    let place = descriptor.parameters.firstIndex { $0.name == draw.name }
    let span = place.map { call.arguments.spans[$0] }
    return max(
      draw.range.lowerBound, span?.low ?? -.infinity)...min(draw.range.upperBound, span?.high ?? .infinity)
  }
  var outside: [String] = []
  for sample in 0..<count {
    let drawn = draw(policy, sample: sample).steps.first?.drawn ?? .zero
    for (place, range) in ranges.enumerated() where !range.contains(drawn[place]) {
      outside.append("\(descriptor.draws[place].name)=\(drawn[place]) not in \(range)")
    }
  }
  #expect(outside.isEmpty, "\(descriptor.name): \(outside.prefix(3))")
}

private func checkRepeatable(_ policy: AugmentationPolicy, samples: Int) throws {
  for channels in Channels.allCases {
    for (source, output) in [((40, 36), (17, 13)), ((28, 28), (28, 28)), ((5, 3), (8, 8)), ((1, 1), (3, 2))] {
      let image = syntheticImage(width: source.0, height: source.1, channels: channels)
      for sample in 0..<samples {
        let size = ImageSize(width: output.0, height: output.1)
        let plan = draw(policy, sample: sample, source: image, output: size)
        let row = try render(plan, image, width: output.0, height: output.1)
        let isComplete = row.allSatisfy { $0.isFinite && $0 >= -1e-4 && $0 <= 1.0001 }
        #expect(isComplete, "\(policy) leaves values unwritten or out of range for \(source), \(plan)")
        #expect(plan == draw(policy, sample: sample, source: image, output: size))
        let again = try render(plan, image, width: output.0, height: output.1)
        #expect(row == again, "\(policy) is not repeatable")
        if source.0 == 40 {
          let data = try JSONEncoder().encode(plan)
          let replayed = try JSONDecoder().decode(AugmentationPlan.self, from: data)
          #expect(replayed == plan)
          #expect(try render(replayed, image, width: output.0, height: output.1) == row)
        }
      }
    }
  }
}

private func checkPrinting(_ policy: AugmentationPolicy) throws {
  let text = policy.description
  let again = try AugmentationPolicy(parsing: text)
  #expect(again == policy && again.description == text)
  for sample in 0..<3 { #expect(draw(again, sample: sample) == draw(policy, sample: sample)) }
}

private func checkNeutral(_ descriptor: AugmentationDescriptor) throws {
  guard let neutral = descriptor.neutral else { return }
  for channels in Channels.allCases {
    let image = syntheticImage(width: 24, height: 24, channels: channels)
    let plain = try augmented("none", image, width: 24, height: 24)
    let row = try augmented("\(descriptor.name):\(neutral);p=1", image, width: 24, height: 24, sample: 3)
    #expect(largestDifference(row, plain) < 0.01, "\(descriptor.name):\(neutral) changes the image")
  }
}

private func checkRejections(_ descriptor: AugmentationDescriptor) {
  let name = descriptor.name
  func expectError(_ text: String, saying words: [String]) {
    do {
      _ = try AugmentationPolicy(parsing: text)
      Issue.record("\(text) should be refused")
    } catch {
      for word in words { #expect(error.description.contains(word), "\(text): \(error)") }
      #expect(!error.description.contains("\n"))
    }
  }
  expectError("\(name):p=1.5", saying: [name, "p", "0 to 1"])
  expectError("\(name):p=-1", saying: [name, "0 to 1"])
  expectError("\(name):nonsense=3", saying: [name, "nonsense"])
  expectError("\(name)q", saying: [name, "did you mean"])
  for parameter in descriptor.parameters {
    if case .choice(let words) = parameter.form {
      expectError("\(name):\(parameter.name)=nonsense", saying: [name, parameter.name] + words)
      expectError("\(name):\(parameter.name)=3", saying: [name, parameter.name])
      continue
    }
    let (low, high) = (parameter.range.lowerBound, parameter.range.upperBound)
    expectError(
      "\(name):\(parameter.name)=\(low)..\(high + 1)", saying: [name, parameter.name, parameter.allowed])
    expectError(
      "\(name):\(parameter.name)=\(low - 1)..\(high)", saying: [name, parameter.name, parameter.allowed])
    expectError("\(name):\(parameter.name)=\(high)..\(low)", saying: [name, parameter.name])
    expectError("\(name):\(parameter.name)=word", saying: [name, parameter.name])
    expectError("\(name):\(parameter.name)=1..", saying: ["number"])
  }
}
