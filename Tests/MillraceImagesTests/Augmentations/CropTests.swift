import Foundation
import Testing

@testable import MillraceImages

/// Boxes that do not fit are drawn anew, as in the literature.
struct CropTests {
  private let output = ImageSize(width: 24, height: 24)

  private func boxes(
    _ policy: String, _ source: ImageSize, to output: ImageSize? = nil, count: Int = 4000
  ) throws -> [(values: [Float], window: SourceWindow)] {
    let policy = try AugmentationPolicy(parsing: policy)
    return (0..<count).map { sample in
      let plan = draw(policy, sample: sample, from: source, to: output ?? self.output)
      var composition = Composition()
      composition.begin(source: source, grid: PixelGrid(), output: output ?? self.output, channels: .gray)
      plan.compose(into: &composition)
      return (plan.steps[0].values.map(\.value), composition.finalWindow)
    }
  }

  /// The means over two million draws of the same algorithm in NumPy, with the standard deviation in brackets.
  @Test(arguments: [
    ((60, 40), 0.53247, 0.1230, 0.05712), ((40, 60), 0.53257, 0.1231, -0.05718),
    ((40, 40), 0.61434, 0.1583, 0),
  ])
  func `areas and shapes are spread as those of the literature`(
    size: (Int, Int), area: Double, deviation: Double, logarithmOfRatio: Double
  ) throws {
    let source = ImageSize(width: size.0, height: size.1)
    let drawn = try boxes("crop:0.35..1;ratio=0.75..1.3333334", source).map(\.values)
    let count = Double(drawn.count)
    let mean = drawn.reduce(0.0) { $0 + Double($1[0]) } / count
    let spread = (drawn.reduce(0.0) { $0 + pow(Double($1[0]) - mean, 2) } / count).squareRoot()
    let ratio = drawn.reduce(0.0) { $0 + log(Double($1[1])) } / count
    #expect(abs(mean - area) < 5 * deviation / count.squareRoot())
    #expect(abs(spread - deviation) < 0.005)
    #expect(abs(ratio - logarithmOfRatio) < 5 * 0.17 / count.squareRoot())
  }

  @Test(arguments: [(60, 40), (40, 60), (37, 41), (500, 7)])
  func `a plan holds the box that is used`(size: (Int, Int)) throws {
    let source = ImageSize(width: size.0, height: size.1)
    for output in [ImageSize(width: 24, height: 24), ImageSize(width: 30, height: 10)] {
      for (values, window) in try boxes("crop:0.2..1;ratio=0.5..2", source, to: output, count: 500) {
        let shape = window.width / window.height * Double(output.height) / Double(output.width)
        #expect(abs(window.width * window.height / Double(size.0 * size.1) / Double(values[0]) - 1) < 1e-5)
        #expect(abs(shape / Double(values[1]) - 1) < 1e-5)
        #expect(abs(window.x - Double(values[2]) * (Double(size.0) - window.width)) < 1e-3)
        #expect(abs(window.y - Double(values[3]) * (Double(size.1) - window.height)) < 1e-3)
      }
    }
  }

  @Test
  func `after ten boxes that do not fit, the largest one of the nearest shape is taken from the centre`()
    throws
  {
    for (values, window) in try boxes(
      "crop:0.35..1;ratio=0.75..1.25", ImageSize(width: 200, height: 50), count: 50)
    {
      #expect(values == [0.3125, 1.25, 0.5, 0.5])
      #expect(window == SourceWindow(x: 68.75, y: 0, width: 62.5, height: 50))
    }
    for (values, window) in try boxes(
      "crop:0.5..1;ratio=0.75..1.25", ImageSize(width: 2, height: 50_000), count: 5)
    {
      #expect(values[1...] == [0.75, 0.5, 0.5] && abs(values[0] - 4e-5 / 0.75) < 1e-9)
      #expect(abs(window.width - 2) < 1e-6 && abs(window.height - 2 / 0.75) < 1e-6)
    }
    // The whole source is taken, where its shape is one of those asked for.
    for (values, _) in try boxes("crop:1..1;ratio=0.8..1.25", ImageSize(width: 22, height: 20), count: 50) {
      #expect(values == [1, 1.1, 0.5, 0.5])
    }
  }

  @Test func `a crop of a crop fits into it`() throws {
    let policy = try AugmentationPolicy(parsing: "crop:0.3..0.6;ratio=2..2.5, crop:0.5..1;ratio=0.75..1.25")
    let source = ImageSize(width: 60, height: 40)
    for sample in 0..<300 {
      let plan = draw(policy, sample: sample, from: source, to: output)
      var composition = Composition()
      composition.begin(source: source, grid: PixelGrid(), output: output, channels: .gray)
      plan.compose(into: &composition)
      let areas = plan.steps.map { Double($0.values[0].value) }
      let window = composition.finalWindow
      #expect(abs(window.width * window.height / 2400 / (areas[0] * areas[1]) - 1) < 1e-5)
    }
  }

  @Test func `the box that is erased is the one that was drawn`() throws {
    let policy = try AugmentationPolicy(parsing: "erase:0.3..0.9;ratio=0.3..3.3;p=1")
    for size in [ImageSize(width: 24, height: 24), ImageSize(width: 40, height: 16)] {
      let aspect = Double(size.width) / Double(size.height)
      var shrunk = 0
      for sample in 0..<1000 {
        let values = draw(policy, sample: sample, from: size, to: size).steps[0].values.map {
          Double($0.value)
        }
        // These are the sides as shares of the picture's.
        let sides = [values[0] * values[1] / aspect, values[0] / values[1] * aspect].map { $0.squareRoot() }
        #expect(sides.allSatisfy { $0 <= 1 + 1e-6 })
        if sides.contains(where: { $0 > 1 - 1e-6 }) { shrunk += 1 }
      }
      // One of ten boxes nearly always fits; of single boxes, more than a third would not.
      #expect(shrunk < 30)
    }
    // No box fits, so the last one shrinks.
    let narrow = try AugmentationPolicy(parsing: "erase:0.9..0.9;ratio=4..4;p=1")
    let values = draw(narrow, sample: 0, from: output, to: output).steps[0].values.map(\.value)
    #expect(values[0] == 0.25 && values[1] == 4)
  }
}
