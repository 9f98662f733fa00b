import Testing

@testable import MillraceImages

struct ReducedDecodeTests {
  /// A reduced image has a partial pixel at the end of a row whose length its scale does not divide. Code that
  /// takes this pixel for a whole one stretches the picture.
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
    // The limit is 38 dB.
    #expect(error < 255 * 255 / 6310 && 2 * error < stretched, "\(error), stretched \(stretched)")
  }

  /// The row that a plan makes of a file, from 0 to 255.
  private func row(
    _ bytes: [UInt8], _ plan: AugmentationPlan, side: Int, atLeast size: ImageSize?
  ) throws -> (values: [Float], report: DecodeReport) {
    let preprocessing = try Preprocessing(size: ImageSize(width: side, height: side), channels: .rgb)
    let decoder = ImageDecoder()
    let executor = AugmentationExecutor(preprocessing: preprocessing)
    var row = [Float](repeating: .nan, count: preprocessing.featureCount)
    try bytes.withUnsafeBytes {
      let image = try decoder.decode($0, channels: .rgb, atLeast: size)
      executor.carryOut(plan, on: image, decoded: decoder.lastReport, into: &row)
    }
    return (row.map { $0 * 255 }, decoder.lastReport)
  }

  @Test(arguments: ExifOrientation.allCases, [ImageFormat.jpeg, .png])
  func `a turned file shows what its upright one does, at any size`(
    orientation: ExifOrientation, format: ImageFormat
  ) throws {
    let side = 16
    let least = ImageSize(width: 2 * side, height: 2 * side)
    // The remainders are from 1, where nearly a whole square reaches beyond the picture, to 7; the pictures are
    // wide, high and square.
    for (width, height) in [(257, 257), (263, 259), (300, 277), (258, 401), (513, 518)] {
      let picture = syntheticImage(width: width, height: height, channels: .rgb)
      let bytes = try TurnedFile.bytes(of: picture, orientation, format)
      for policy in ["none", "border:edge, rotate:17..17", "rotate:17..17"] {
        let plan = draw(try AugmentationPolicy(parsing: policy), sample: 0, source: picture)
        let reduced = try row(bytes, plan, side: side, atLeast: least)
        #expect(reduced.report.reduction == 8 && reduced.report.orientation == orientation)
        #expect(reduced.report.originalSize == ImageSize(width: width, height: height))
        let whole = try row(ImageEncoder.png(picture), plan, side: side, atLeast: nil).values
        let differences = zip(reduced.values, whole).map { abs($0 - $1) }
        let mean = differences.reduce(0, +) / Float(differences.count)
        #expect(mean < 1, "\(width)×\(height), \(policy): \(mean)")
      }
    }
  }

  @Test(arguments: ExifOrientation.allCases)
  func `squares that stick out of the picture begin its grid where its stored rows and columns end`(
    orientation: ExifOrientation
  ) {
    let report = DecodeReport(
      format: .jpeg, originalSize: ImageSize(width: 17, height: 30), reduction: 8, orientation: orientation,
      warnings: 0, isTruncated: false)
    let picture = Image(width: 3, height: 2, channels: .gray, pixels: [1, 2, 3, 4, 5, 6])
    // The place of the picture's own corner shows from which ends it is read.
    var turned = [UInt8](repeating: 0, count: 6)
    picture.withView { view in
      turned.withUnsafeMutableBufferPointer { Uprighting.turn(view, by: orientation, into: $0.baseAddress!) }
    }
    let fromRight = turned[0] == 3 || turned[0] == 6
    let fromBottom = turned[0] >= 4
    let ends = orientation.swapsAxes ? (x: fromBottom, y: fromRight) : (x: fromRight, y: fromBottom)
    #expect(report.grid == PixelGrid(reduction: 8, originX: ends.x ? -7 : 0, originY: ends.y ? -2 : 0))
  }
}
