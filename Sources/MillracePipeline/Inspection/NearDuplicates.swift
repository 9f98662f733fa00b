package import MillraceImages

/// Groups images that look the same.
///
/// Two images do where at most ``maxDistance`` bits of their `PerceptualHash` differ and no cell differs by
/// more than ``maxDifference`` levels: bits alone would take all photographs of a horizon for one. Hashes
/// that differ in at most 7 of 64 bits agree, but for one bit, in one of four parts of 16 bits, so each is compared
/// with those in 4 · 17 of 4 · 65,536 buckets instead of with all (Norouzi, Punjani, Fleet, "Fast search in Hamming
/// space with multi-index hashing", 2012).
package struct NearDuplicates {
  /// Bits of the hash that may differ.
  static let maxDistance = 7
  /// Levels by which a cell may differ, of 255.
  static let maxDifference = 12
  /// The least contrast of an image that is compared: plain surfaces all look the same.
  static let minContrast = 24

  private let hashes: [PerceptualHash?]
  /// The representative of each image's group, or one that leads there; always a lower number.
  private var parents: [Int]

  /// Takes a hash for each image; nil for those that are not compared.
  package init(_ hashes: [PerceptualHash?]) {
    self.hashes = hashes.map { $0.flatMap { $0.contrast >= Self.minContrast ? $0 : nil } }
    parents = Array(hashes.indices)
  }

  /// The groups of two or more, ascending, ordered by their first image.
  package mutating func groups() -> [[Int]] {
    let kinds = kindsByBits()
    linkNeighbours(kinds)
    var members: [Int: [Int]] = [:]
    for image in hashes.indices { members[root(image), default: []].append(image) }
    return members.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// The images of each hash value; of those with the same cells, too, only the first.
  private mutating func kindsByBits() -> [(bits: UInt64, images: [Int])] {
    var place: [UInt64: Int] = [:]
    var firsts: [PerceptualHash: Int] = [:]
    var kinds: [(bits: UInt64, images: [Int])] = []
    for (image, hash) in hashes.enumerated() {
      guard let hash else { continue }
      if let first = firsts[hash] {
        join(first, image)
        continue
      }
      firsts[hash] = image
      if let known = place[hash.bits] {
        for other in kinds[known].images { joinIfAlike(other, image) }
        kinds[known].images.append(image)
      } else {
        place[hash.bits] = kinds.count
        kinds.append((hash.bits, [image]))
      }
    }
    return kinds
  }

  /// Joins the images of hash values that are near each other.
  private mutating func linkNeighbours(_ kinds: [(bits: UInt64, images: [Int])]) {
    for part in 0..<UInt64(4) {
      func key(_ kind: Int) -> UInt16 { UInt16(truncatingIfNeeded: kinds[kind].bits >> (16 * part)) }
      var buckets = [[Int32]](repeating: [], count: 1 << 16)
      for kind in kinds.indices {
        // What is in the buckets comes earlier, so each pair is met once a part.
        for flipped in -1..<16 {
          let probe = flipped < 0 ? key(kind) : key(kind) ^ (1 << UInt16(flipped))
          for other in buckets[Int(probe)]
          where (kinds[Int(other)].bits ^ kinds[kind].bits).nonzeroBitCount <= Self.maxDistance {
            for first in kinds[Int(other)].images {
              for second in kinds[kind].images { joinIfAlike(first, second) }
            }
          }
        }
        buckets[Int(key(kind))].append(Int32(kind))
      }
    }
  }

  private mutating func joinIfAlike(_ first: Int, _ second: Int) {
    guard root(first) != root(second), let left = hashes[first], let right = hashes[second],
      left.largestDifference(to: right) <= Self.maxDifference
    else { return }
    join(first, second)
  }

  // MARK: Disjoint sets

  private mutating func root(_ image: Int) -> Int {
    var root = image
    while parents[root] != root { root = parents[root] }
    var next = image
    while parents[next] != root { (parents[next], next) = (root, parents[next]) }
    return root
  }

  private mutating func join(_ first: Int, _ second: Int) {
    let (first, second) = (root(first), root(second))
    parents[max(first, second)] = min(first, second)
  }
}
