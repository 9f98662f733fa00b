import MillraceRandom
import Testing

@testable import MillraceImages

struct BatchAugmentationTests {
  private let size = ImageSize(width: 6, height: 5)

  private func mixing(_ policy: String, minibatch: Int, count: Int = 8) throws -> MinibatchMixing {
    let random = KeyedRandom(seed: 3, purpose: .batchAugmentation, epoch: 0, sample: minibatch)
    var mixing = MinibatchMixing()
    try AugmentationPolicy(parsing: policy).batch.draw(
      from: random, count: count, size: size, into: &mixing)
    return mixing
  }

  private func rows(_ count: Int) -> [Float] {
    (0..<count * 60).map { Float($0 / 60) + Float($0 % 60) / 100 }
  }

  @Test(arguments: ["mixup:0.4", "cutmix:1", "mixup, cutmix"])
  func `partners are a permutation, and mixed targets sum to one`(policy: String) throws {
    let targets = (0..<8 * 3).map { Float($0 % 3 == ($0 / 3) % 3 ? 1 : 0) }
    for minibatch in 0..<200 {
      let mixing = try mixing(policy, minibatch: minibatch)
      #expect(mixing.partners.sorted() == (0..<8).map { Int32($0) })
      #expect((0...1).contains(mixing.lambda))
      for row in 0..<8 {
        var mixed = [Float](repeating: .nan, count: 3)
        mixing.mixTarget(row: row, of: targets, classes: 3, into: &mixed)
        #expect(abs(mixed.reduce(0, +) - 1) < 1e-6)
        let own = row % 3
        let other = Int(mixing.partners[row]) % 3
        #expect(abs(mixed[own] - (own == other ? 1 : mixing.lambda)) < 1e-6)
      }
      #expect(mixing == (try self.mixing(policy, minibatch: minibatch)))
    }
  }

  @Test func `A number of each row is mixed as the targets are, and equal ones stay to the bit`() throws {
    let numbers: [Float] = [0.5, 1, 2, 4, 0.1, 3, 1, 7]
    let ones = [Float](repeating: 1, count: 8)
    for minibatch in 0..<200 {
      let mixing = try mixing("mixup, cutmix", minibatch: minibatch)
      for row in 0..<8 {
        let other = numbers[Int(mixing.partners[row])]
        let mixed = mixing.mixed(numbers, row: row)
        #expect(abs(mixed - mixing.lambda * numbers[row] - (1 - mixing.lambda) * other) < 1e-5)
        #expect(mixing.mixed(ones, row: row) == 1)
      }
    }
  }

  @Test func `mixup blends whole rows`() throws {
    let features = rows(8)
    let mixing = try mixing("mixup:1", minibatch: 4)
    #expect(mixing.box == nil && mixing.lambda > 0.01 && mixing.lambda < 0.99)
    for row in 0..<8 {
      var mixed = [Float](repeating: .nan, count: 60)
      mixing.mix(row: row, of: features, channels: 2, size: size, into: &mixed)
      for i in 0..<60 {
        let other = features[Int(mixing.partners[row]) * 60 + i]
        let expected = mixing.lambda * features[row * 60 + i] + (1 - mixing.lambda) * other
        #expect(abs(mixed[i] - expected) < 1e-5)
      }
    }
  }

  @Test func `cutmix pastes one box into every channel, and counts its share`() throws {
    let features = rows(8)
    for minibatch in 0..<50 {
      let mixing = try mixing("cutmix:1", minibatch: minibatch)
      let box = try #require(mixing.box)
      for row in 0..<8 {
        var mixed = [Float](repeating: .nan, count: 60)
        mixing.mix(row: row, of: features, channels: 2, size: size, into: &mixed)
        var pasted = 0
        for i in 0..<60 {
          let isInside = box.columns.contains(i % 6) && box.rows.contains(i / 6 % 5)
          pasted += isInside ? 1 : 0
          let from = isInside ? Int(mixing.partners[row]) : row
          #expect(mixed[i] == features[from * 60 + i])
        }
        #expect(abs(mixing.lambda - (1 - Float(pasted) / 60)) < 1e-6)
      }
    }
  }

  @Test func `without batch members, and where the probability says no, rows stay as they are`() throws {
    #expect(try mixing("rotate:3", minibatch: 0).isIdentity)
    #expect(try AugmentationPolicy(parsing: "rotate:3").batch.isNone)
    let mixed = try (0..<400).filter { try !mixing("mixup:0.5;p=0.25", minibatch: $0).isIdentity }
    #expect(abs(mixed.count - 100) < 45)
    var row = [Float](repeating: .nan, count: 60)
    try mixing("none", minibatch: 0).mix(row: 2, of: rows(8), channels: 2, size: size, into: &row)
    #expect(row == Array(rows(8)[120..<180]))
  }

  @Test func `lambda follows the beta distribution`() throws {
    let lambdas = try (0..<2000).map { Double(try mixing("mixup:0.5", minibatch: $0).lambda) }
    let mean = lambdas.reduce(0, +) / 2000
    let variance = lambdas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000
    // Beta(a, a) has the mean 1/2 and the variance 1/(4·(2a + 1)).
    #expect(abs(mean - 0.5) < 0.04)
    #expect(abs(variance - 0.125) < 0.01)
  }
}
