import MillraceRandom
import Testing

@testable import MillraceImages

/// Each member of a policy draws from a stream of its own.
struct PolicyStreamTests {
  /// Members of every kind, each different; only the first crops, so that no box depends on another.
  private static let members = [
    "crop:0.5..1", "flip:0.5", "rotate:15", "jitter:0.3;hue=10", "elastic:p=0.6", "noise", "erase:p=0.5",
    "oneof(blur | sharpen, posterize | none):0.7", "coarse-dropout:p=0.3", "randaugment:2", "digits:p=0.8",
    "oneof(solarize | oneof(gamma | invert:1))", "trivialaugment", "rotate:±5",
  ]

  /// The values that each member draws for a sample.
  private static func drawn(_ members: [String], sample: Int, epoch: Int = 0) throws -> [[DrawnAugmentation]]
  {
    let policy = try AugmentationPolicy(parsing: members.joined(separator: ", "))
    let random = KeyedRandom(seed: 7, purpose: .augmentation, epoch: epoch, sample: sample)
    var frame = PictureFrame(
      source: ImageSize(width: 60, height: 40), output: ImageSize(width: 24, height: 24))
    return policy.members.map { member in
      var steps: [DrawnAugmentation] = []
      member.draw(from: random, in: &frame, into: &steps)
      return steps
    }
  }

  @Test(arguments: 0..<14)
  func `A member that is removed, put before, made rarer or altered changes no draw of the others`(place: Int)
    throws
  {
    try #require(Self.members.count == 14)
    let others = members(without: place)
    let altered = [
      "crop:0.8..0.9;ratio=1..1.1", "flip:1", "rotate:90", "jitter:0.1", "elastic:alpha=5", "noise:0.2",
      "erase:0.1", "oneof(sharpen | blur):0.1", "coarse-dropout:0.5;p=1", "randaugment:5", "digits",
      "oneof(gamma | solarize | equalize:1)", "trivialaugment:0.5", "rotate:1",
    ]
    for sample in 0..<40 {
      let whole = try Self.drawn(Self.members, sample: sample)
      var rest = whole
      rest.remove(at: place)
      // The second of two members of one name becomes the first when the first is removed.
      if Self.members[place] != "rotate:15" && place != 7 {
        #expect(try Self.drawn(others, sample: sample) == rest)
      }
      for replacement in ["\(altered[place])", "\(altered[place]), vertical-flip, perspective:p=0.2"] {
        var edited = Self.members
        edited[place] = replacement
        var drawn = try Self.drawn(edited, sample: sample)
        drawn.removeSubrange(place..<drawn.count - (whole.count - place - 1))
        #expect(drawn == rest, "\(replacement)")
      }
      var moved = others
      moved.append(Self.members[place])
      if !Self.members[place].hasPrefix("rotate"), !Self.members[place].hasPrefix("oneof"), place > 0 {
        #expect(try Self.drawn(moved, sample: sample) == rest + [whole[place]])
      }
    }
  }

  private func members(without place: Int) -> [String] {
    var members = Self.members
    members.remove(at: place)
    return members
  }

  @Test func `A probability decides whether a member acts, and not how`() throws {
    var acted = 0
    for sample in 0..<200 {
      let always = try Self.drawn(["crop", "rotate:20", "erase:p=1"], sample: sample)
      let sometimes = try Self.drawn(["crop:p=0.3", "rotate:20;p=0.3", "erase:p=0.3"], sample: sample)
      for (one, other) in zip(sometimes, always) where !one.isEmpty {
        #expect(one == other)
        acted += 1
      }
    }
    // The mean is 600 times 0.3; five standard deviations are 56.
    #expect(abs(acted - 180) < 57)
  }

  @Test func `An alternative more changes only the samples that go to it`() throws {
    var counts: [String: Int] = [:]
    for sample in 0..<3000 {
      let two = try Self.drawn(["oneof(rotate | shear)"], sample: sample)[0][0]
      let three = try Self.drawn(["oneof(rotate | blur | shear)"], sample: sample)[0][0]
      #expect(three == two || three.name == "blur")
      counts[three.name, default: 0] += 1
    }
    // The limit is five standard deviations of a third of 3000.
    for (name, count) in counts { #expect(abs(count - 1000) < 130, "\(name): \(counts)") }
    #expect(counts.count == 3)
  }

  @Test func `Members of one name draw differently, and so do samples, epochs and turns`() throws {
    let drawn = try Self.drawn(["rotate", "rotate", "oneof(rotate | rotate)", "digits"], sample: 3)
    let angles = drawn.flatMap { $0 }.filter { $0.name == "rotate" }.map { $0.values[0].value }
    #expect(angles.count == 4 && Set(angles).count == 4)
    #expect(try Self.drawn(["rotate"], sample: 4)[0] != drawn[0])
    #expect(try Self.drawn(["rotate"], sample: 3, epoch: 1)[0] != drawn[0])
    let policy = try AugmentationPolicy(parsing: "rotate")
    let plans = (0..<4).map { turn in
      var plan = AugmentationPlan()
      policy.draw(
        from: KeyedRandom(seed: 7, purpose: .augmentation, epoch: 0, sample: 3, turn: turn),
        source: ImageSize(width: 9, height: 9), output: ImageSize(width: 9, height: 9), into: &plan)
      return plan.steps
    }
    #expect(plans[0] == drawn[0] && Set(plans).count == 4)
  }

  @Test func `What mixes minibatches has streams of its own, too`() throws {
    func mixing(_ policy: String, _ minibatch: Int) throws -> MinibatchMixing {
      var mixing = MinibatchMixing()
      try AugmentationPolicy(parsing: policy).batch.draw(
        seed: 3, epoch: 0, minibatch: minibatch, count: 8, size: ImageSize(width: 9, height: 9), into: &mixing
      )
      return mixing
    }
    for minibatch in 0..<100 {
      let either = try mixing("rotate, mixup:0.4, cutmix:1", minibatch)
      let alone = try [mixing("mixup:0.4", minibatch), mixing("flip, cutmix:1", minibatch)]
      #expect(alone.contains(either))
      let other = try mixing("mixup:2", minibatch)
      #expect(other.partners == alone[0].partners && other.lambda != alone[0].lambda)
      let rare = try mixing("mixup:0.4;p=0.5", minibatch)
      #expect(rare.isIdentity || rare == alone[0])
    }
  }
}
