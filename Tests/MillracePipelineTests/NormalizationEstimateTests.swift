import MillraceImages
import Testing

@testable import MillracePipeline

struct NormalizationEstimateTests {
  private func preprocessing(_ channels: Channels) throws -> Preprocessing {
    try Preprocessing(size: ImageSize(width: 6, height: 6), channels: channels)
  }

  @Test func itIsTheMeanAndDeviationOfThePixels() throws {
    let folder = try TemporaryFolder()
    for (name, levels) in [("a", [0, 51]), ("b", [102, 255])] {
      for (number, level) in levels.enumerated() {
        let pixels = [UInt8](repeating: UInt8(level), count: 64)
        try folder.file(
          "\(name)/\(number).png",
          ImageEncoder.png(Image(width: 8, height: 8, channels: .gray, pixels: pixels)))
      }
    }
    let dataset = try Dataset.scan(folder.path)
    let estimate = try NormalizationEstimate.measure(dataset, preprocessing: preprocessing(.gray))
    // Levels 0, 0.2, 0.4 and 1.
    #expect(estimate.imageCount == 4)
    #expect(abs(estimate.normalization.mean[0] - 0.4) < 1e-5)
    #expect(abs(estimate.normalization.standardDeviation[0] - 0.374_165_7) < 1e-5)
  }

  @Test func imagesOfOneColorHaveADeviationToDivideBy() throws {
    let folder = try TemporaryFolder()
    let pixels = [UInt8](repeating: 9, count: 64)
    let png = ImageEncoder.png(Image(width: 8, height: 8, channels: .gray, pixels: pixels))
    try folder.files("a/1", "b/1", content: png)
    let estimate = try NormalizationEstimate.measure(
      try Dataset.scan(folder.path), preprocessing: preprocessing(.rgb))
    #expect(estimate.normalization.mean.count == 3)
    #expect(estimate.normalization.standardDeviation.allSatisfy { $0 > 0 })
  }

  @Test func loadersDoNotChangeABitAndBadFilesAreListed() throws {
    let tree = try ImageTree()
    let estimates = try [1, 2, 5].map {
      try NormalizationEstimate.measure(tree.dataset, preprocessing: preprocessing(.rgb), loaders: $0)
    }
    #expect(estimates.allSatisfy { $0 == estimates[0] })
    #expect(estimates[0].skipped.map(\.path) == ImageTree.bad.map { tree.folder.path + "/" + $0 })
    #expect(estimates[0].imageCount == tree.dataset.count - 4)
  }

  @Test func noReadableImageIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.files("a/1", "b/1")
    let dataset = try Dataset.scan(folder.path)
    let error = #expect(throws: DatasetError.self) {
      try NormalizationEstimate.measure(dataset, preprocessing: preprocessing(.gray))
    }
    #expect(error?.description.contains("a/1") == true)
  }
}
