import Foundation
import MillraceImages
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

struct FittedEpochsTests {
  private func configuration(_ images: ImageFolder) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: images.path)
    configuration.imageSize = ImageSize(width: 6, height: 6)
    configuration.hidden = [6]
    return configuration
  }

  private func fitted(_ configuration: TrainingConfiguration, in seconds: Double, output: String? = nil)
    throws
    -> FittedEpochs
  {
    try FittedEpochs(
      configuration, in: TimeSpan(seconds: seconds), output: output, measuring: 0.1, observe: { _ in })
  }

  @Test func `Epochs that fit are a setting like any other, and no more than would help`() throws {
    let images = try ImageFolder(countPerClass: 12)
    let configuration = configuration(images)
    let output = try TemporaryFolder()
    let fitted = try fitted(configuration, in: 1e6, output: output.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
    #expect(fitted.usual == 200 && fitted.configuration.optimization.epochs == 800)
    #expect(!fitted.configuration.optimization.$epochs.isAutomatic && fitted.secondsPerEpoch > 0)
    #expect(fitted.description.contains("more would hardly help"))
    // Only the epochs have changed.
    var same = fitted.configuration
    same.optimization.$epochs.reset()
    #expect(same == configuration)
  }

  @Test func `A time that is too little for an epoch is refused with what one takes`() throws {
    let images = try ImageFolder(countPerClass: 12)
    let error = #expect(throws: ConfigurationError.self) {
      try fitted(configuration(images), in: 1e-6)
    }
    #expect(error?.setting == "time" && error?.problem.contains("an epoch takes about") == true)
  }

  @Test func `Several networks share the time`() throws {
    let images = try ImageFolder(countPerClass: 12)
    var configuration = configuration(images)
    configuration.ensemble = 3
    let fitted = try fitted(configuration, in: 1e6)
    #expect(fitted.configuration.ensemble == 3 && fitted.configuration.optimization.epochs == 800)
  }
}
