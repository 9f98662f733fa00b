import Foundation

/// What an image looks like, in a few numbers: images that are re-encoded, scaled or slightly changed have nearly
/// the same numbers.
package struct PerceptualHash: Sendable, Hashable {
  /// A bit for each of the 64 lowest frequencies, which says whether the frequency is stronger than their median.
  ///
  /// Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010 (the DCT hash).
  package let bits: UInt64
  /// The image in 8×8 grey cells, row by row.
  package let thumbnail: SIMD64<UInt8>

  /// The side of the grey image whose frequencies are taken.
  package static let side = 32

  /// Makes a hash from known values.
  package init(bits: UInt64, thumbnail: SIMD64<UInt8>) {
    self.bits = bits
    self.thumbnail = thumbnail
  }

  /// Hashes a grey image of at least one pixel.
  package init(_ image: ImageView) {
    precondition(image.channels == .gray, "a perceptual hash is taken of a gray image")
    let cells = Self.averages(image)
    bits = Self.bits(of: cells)
    var thumbnail = SIMD64<UInt8>()
    let block = Self.side / 8
    for cell in 0..<64 {
      var sum: Float = 0
      for y in 0..<block {
        for x in 0..<block { sum += cells[(cell / 8 * block + y) * Self.side + cell % 8 * block + x] }
      }
      thumbnail[cell] = UInt8(min(255, (sum / Float(block * block)).rounded()))
    }
    self.thumbnail = thumbnail
  }

  /// The number of frequencies that differ, from 0 to 64.
  package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  /// The lightest cell minus the darkest: on a plain surface there is nothing to compare.
  package var contrast: Int { Int(thumbnail.max()) - Int(thumbnail.min()) }

  /// The largest difference between two cells' levels, from 0 to 255.
  package func largestDifference(to other: PerceptualHash) -> Int {
    let larger = pointwiseMax(thumbnail, other.thumbnail)
    let smaller = pointwiseMin(thumbnail, other.thumbnail)
    return Int((larger &- smaller).max())
  }

  /// The image in `side` × `side` cells, each the mean of the pixels whose centres are in it, or the nearest pixel.
  private static func averages(_ image: ImageView) -> [Float] {
    func spans(_ length: Int) -> [Range<Int>] {
      (0..<side).map { cell in
        let start = cell * length / side
        return start..<max(start + 1, (cell + 1) * length / side)
      }
    }
    let columns = spans(image.width)
    return spans(image.height).flatMap { rows in
      columns.map { columns in
        var sum = 0
        for y in rows { for x in columns { sum += Int(image.base[y * image.width + x]) } }
        return Float(sum) / Float(rows.count * columns.count)
      }
    }
  }

  /// The 8×8 lowest frequencies of the two-dimensional cosine transform, compared with their median.
  private static func bits(of cells: [Float]) -> UInt64 {
    var rows = [Float](repeating: 0, count: side * 8)
    for y in 0..<side {
      for u in 0..<8 {
        var sum: Float = 0
        for x in 0..<side { sum += cells[y * side + x] * cosines[u * side + x] }
        rows[y * 8 + u] = sum
      }
    }
    var frequencies = [Float](repeating: 0, count: 64)
    for v in 0..<8 {
      for u in 0..<8 {
        var sum: Float = 0
        for y in 0..<side { sum += rows[y * 8 + u] * cosines[v * side + y] }
        frequencies[v * 8 + u] = sum
      }
    }
    let sorted = frequencies.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    var bits: UInt64 = 0
    for (index, value) in frequencies.enumerated() where value > median { bits |= 1 << UInt64(index) }
    return bits
  }

  /// cos((2x + 1) u π / 2n) by u and x.
  private static let cosines: [Float] = (0..<8).flatMap { u in
    (0..<side).map { x in Float(cos(Double((2 * x + 1) * u) * .pi / Double(2 * side))) }
  }
}
