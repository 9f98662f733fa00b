import MillraceImages
import Testing

@testable import MillraceModels
@testable import MillraceTraining

struct NormalizationSettingTests {
  @Test(
    arguments: [
      ("rgb", "0.5/0.25", [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]),
      ("rgb", "0.1,0.2,0.3/0.25", [0.1, 0.2, 0.3], [0.25, 0.25, 0.25]),
      ("rgb", "0.1,0.2,0.3/0.4,0.5,0.6", [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]),
      ("gray", "0.5/0.25", [0.5], [0.25]),
    ] as [(String, String, [Float], [Float])])
  func oneNumberStandsForAllChannels(
    channels: String, text: String, mean: [Float], deviation: [Float]
  ) throws {
    var configuration = TrainingConfiguration(data: "data")
    // The order does not matter: the meaning of a number is decided when both are known.
    try configuration.set("normalize", to: text)
    try configuration.set("channels", to: channels)
    try configuration.validate()
    let normalization = try configuration.preprocessing().normalization
    #expect(normalization == Normalization(mean: mean, standardDeviation: deviation))
    #expect(configuration.settings.first { $0.key == "normalize" }?.text == text)
  }

  @Test(arguments: [("gray", "0.1,0.2,0.3/0.4"), ("rgb", "0.1,0.2/0.4"), ("rgb", "0.1/0.2,0.4")])
  func anotherCountIsRefused(channels: String, text: String) throws {
    var configuration = TrainingConfiguration(data: "data")
    try configuration.set("normalize", to: text)
    try configuration.set("channels", to: channels)
    let error = try #require(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error.setting == "normalize")
  }
}
