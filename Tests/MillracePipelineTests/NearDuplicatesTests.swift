import MillraceRandom
import Testing

@testable import MillraceImages
@testable import MillracePipeline

struct NearDuplicatesTests {
  @Test func `Groups are those that comparing all with all gives`() {
    var random = KeyedRandom(seed: 3, purpose: .preview)
    var hashes: [PerceptualHash?] = []
    for number in 0..<1_500 {
      var thumbnail = SIMD64<UInt8>(repeating: 40)
      for cell in 0..<32 { thumbnail[cell] = 200 }
      if number % 7 == 0 { thumbnail[40] = 255 }
      var bits = random.next()
      // Every other hash is near an earlier one, at distances on both sides of the limit.
      if number > 0, number % 2 == 0, let base = hashes[random.index(below: number)] {
        bits = base.bits
        for _ in 0..<random.index(below: 12) { bits ^= 1 << UInt64(random.index(below: 64)) }
        if number % 6 == 0 { thumbnail = base.thumbnail &+ SIMD64(repeating: UInt8(random.index(below: 24))) }
      }
      hashes.append(number % 50 == 49 ? nil : PerceptualHash(bits: bits, thumbnail: thumbnail))
    }
    var search = NearDuplicates(hashes)
    let groups = search.groups()
    let isSame = groups == Self.naiveGroups(hashes)
    #expect(isSame)
    #expect(groups.count > 100)
  }

  private static func naiveGroups(_ hashes: [PerceptualHash?]) -> [[Int]] {
    var group = Array(hashes.indices)
    for second in hashes.indices {
      for first in 0..<second {
        guard let a = hashes[first], let b = hashes[second], a.distance(to: b) <= NearDuplicates.maxDistance,
          a.largestDifference(to: b) <= NearDuplicates.maxDifference, group[first] != group[second]
        else { continue }
        let (low, high) = (min(group[first], group[second]), max(group[first], group[second]))
        for image in group.indices where group[image] == high { group[image] = low }
      }
    }
    return Dictionary(grouping: hashes.indices, by: { group[$0] }).values.filter { $0.count > 1 }
      .sorted { $0[0] < $1[0] }
  }

  @Test func `Plain surfaces are not compared`() {
    let plain = PerceptualHash(bits: 1, thumbnail: SIMD64(repeating: 200))
    var search = NearDuplicates([plain, plain])
    #expect(search.groups().isEmpty)
  }
}
