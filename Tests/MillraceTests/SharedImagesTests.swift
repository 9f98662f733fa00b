import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// The runs of one process read each image once.
struct SharedImagesTests {
  @Test func `A run that shares images with one before reads no file, and computes what it would have alone`()
    throws
  {
    let folder = try ImageFolder()
    var configuration = try DeterminismTests.configuration(folder)
    configuration.execution.cache = .bytes(1_000_000)
    configuration.validationFraction = 0.25
    configuration.optimization.refits = true
    func train(_ images: SharedImages?) throws -> [Float] {
      try TrainingRun(configuration, output: nil, name: nil, ranks: .alone, images: images)
        .train().model.parameters
    }
    let alone = try train(nil)
    let images = SharedImages()
    let isFirstSame = try train(images) == alone
    // The names are known and the pixels are kept, so the contents of the files no longer matter.
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains(".") }
    for path in paths { try Data().write(to: URL(fileURLWithPath: "\(folder.path)/\(path)")) }
    let isSecondSame = try train(images) == alone
    #expect(isFirstSame && isSecondSame)
    #expect(throws: (any Error).self) { try train(nil) }
  }
}
