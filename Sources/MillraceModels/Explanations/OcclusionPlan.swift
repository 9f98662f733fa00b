import MillraceImages

/// Which squares of a picture are covered, one after another, to see what a model goes by.
///
/// They come in two sizes, a third and a sixth of each side, and overlap: each begins a third of its side after the one
/// before. At least half of each lies on the picture.
struct OcclusionPlan {
  let size: ImageSize
  /// What is covered: columns and rows.
  let covers: [(columns: Range<Int>, rows: Range<Int>)]
  /// How many of them are of the larger size; they come first.
  private let largeCount: Int

  init(_ size: ImageSize) {
    self.size = size
    func places(_ length: Int, _ part: Int) -> [Range<Int>] {
      let side = max(1, (length + part / 2) / part)
      return stride(from: -(side / 2), to: length - side / 2, by: max(1, side / 3)).map { start in
        max(0, start)..<min(length, start + side)
      }
    }
    let sizes = [3, 6].map { part in
      places(size.height, part).flatMap { rows in places(size.width, part).map { (columns: $0, rows: rows) } }
    }
    largeCount = sizes[0].count
    covers = sizes[0] + sizes[1]
  }

  /// How much each pixel speaks for something: the mean over the squares that cover it of what each of their pixels takes
  /// away, and over both sizes.
  ///
  /// - Parameter drops: By cover: what is lost where it is covered.
  /// - Returns: (height, width).
  func relevance(_ drops: [Float]) -> [Float] {
    var relevance = [Float](repeating: 0, count: size.width * size.height)
    for range in [0..<largeCount, largeCount..<covers.count] {
      var sums = [Float](repeating: 0, count: relevance.count)
      var counts = [Float](repeating: 0, count: relevance.count)
      for number in range {
        let (columns, rows) = covers[number]
        let share = drops[number] / Float(columns.count * rows.count)
        for y in rows {
          for x in columns {
            sums[y * size.width + x] += share
            counts[y * size.width + x] += 1
          }
        }
      }
      for pixel in relevance.indices where counts[pixel] > 0 {
        relevance[pixel] += 0.5 * sums[pixel] / counts[pixel]
      }
    }
    return relevance
  }
}
