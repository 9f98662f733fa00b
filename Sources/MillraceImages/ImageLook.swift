/// How light, how rich in contrast and how sharp a picture is, in four numbers.
package struct ImageLook: Sendable, Hashable {
  /// The level below which one pixel in a hundred is, from 0 (black) to 1 (white).
  package let darkest: Double
  /// The level above which one pixel in a hundred is.
  package let lightest: Double
  /// The mean level, from 0 (black) to 1 (white).
  package let mean: Double
  /// How much pixels differ from the mean of their four neighbours, relative to how much they differ at all, in
  /// root mean squares. Sharp photographs of about a hundred pixels on a side have 0.07 and more; of those that are
  /// blurred by a fiftieth of their side, hardly any has 0.04. Nil for a picture that is plain, or has no pixel
  /// with four neighbours.
  package let sharpness: Double?

  /// Makes a look from known values.
  package init(darkest: Double, lightest: Double, mean: Double, sharpness: Double?) {
    (self.darkest, self.lightest, self.mean, self.sharpness) = (darkest, lightest, mean, sharpness)
  }

  /// The range of levels that nearly all pixels have.
  package var contrast: Double { lightest - darkest }

  /// Measures a grey image of at least one pixel.
  package init(_ image: ImageView) {
    precondition(image.channels == .gray, "a look is taken of a gray image")
    let (width, height) = (image.width, image.height)
    let count = width * height
    var histogram = [Int](repeating: 0, count: 256)
    for pixel in 0..<count { histogram[Int(image.base[pixel])] += 1 }
    let beyond = count / 100
    func level(_ levels: some Sequence<Int>) -> Double {
      var seen = 0
      for level in levels {
        seen += histogram[level]
        if seen > beyond { return Double(level) / 255 }
      }
      return 0
    }
    (darkest, lightest) = (level(0..<256), level((0..<256).reversed()))

    let (sum, squares) = histogram.enumerated().reduce((0.0, 0.0)) { sums, entry in
      let weight = Double(entry.element) * Double(entry.offset)
      return (sums.0 + weight, sums.1 + weight * Double(entry.offset))
    }
    let mean = sum / Double(count)
    self.mean = mean / 255
    let variance = squares / Double(count) - mean * mean
    guard width > 2, height > 2, variance > 1 else {
      sharpness = nil
      return
    }
    // This is four times the difference from the neighbours' mean, in whole numbers.
    var differences: Int64 = 0
    for y in 1..<height - 1 {
      let row = image.base + y * width
      for x in 1..<width - 1 {
        let neighbours = Int64(row[x - 1]) + Int64(row[x + 1]) + Int64(row[x - width]) + Int64(row[x + width])
        let difference = 4 * Int64(row[x]) - neighbours
        differences += difference * difference
      }
    }
    let meanSquare = Double(differences) / 16 / Double((width - 2) * (height - 2))
    sharpness = (meanSquare / variance).squareRoot()
  }
}
