import Testing

@testable import MillraceImages

struct ReducedDecodeTests {
  /// A reduced image has a partial pixel at the end of a row whose length its scale does not divide; whoever
  /// takes that for a whole one stretches the picture.
  @Test(arguments: [513, 265, 129], ["none", "border:edge, rotate:17..17", "crop:0.8..0.8"])
  func `a reduced decode gives the same picture`(side: Int, policy: String) throws {
    let picture = syntheticImage(width: side, height: side, channels: .rgb)
    let bytes = try ImageEncoder.jpeg(picture, quality: 95)
    let preprocessing = try Preprocessing(size: ImageSize(width: 32, height: 32), channels: .rgb)
    let plan = draw(try AugmentationPolicy(parsing: policy), sample: 0, source: picture)

    func row(atLeast size: ImageSize?, takingPartialPixelsForWhole: Bool = false) throws -> [Float] {
      let decoder = ImageDecoder()
      let executor = AugmentationExecutor(preprocessing: preprocessing)
      var row = [Float](repeating: .nan, count: preprocessing.featureCount)
      try bytes.withUnsafeBytes {
        let image = try decoder.decode($0, channels: .rgb, atLeast: size)
        var report = decoder.lastReport
        #expect((report.reduction > 1) == (size != nil))
        if takingPartialPixelsForWhole {
          report.originalSize.width = image.width * report.reduction
          report.originalSize.height = image.height * report.reduction
        }
        executor.carryOut(plan, on: image, decoded: report, into: &row)
      }
      return row.map { $0 * 255 }
    }
    func meanSquare(_ a: [Float], _ b: [Float]) -> Float {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Float(a.count)
    }
    let whole = try row(atLeast: nil)
    let least = ImageSize(width: 64, height: 64)
    let error = meanSquare(try row(atLeast: least), whole)
    let stretched = meanSquare(try row(atLeast: least, takingPartialPixelsForWhole: true), whole)
    // 38 dB.
    #expect(error < 255 * 255 / 6310 && 2 * error < stretched, "\(error), stretched \(stretched)")
  }
}
