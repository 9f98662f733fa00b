import ArgumentParser
import MillraceModels
import MillraceTraining

/// What an image file may cost before it counts as bad.
struct ReadingFlags: SettingOptions {
  @Option(help: .setting("max-pixels", value: "n"))
  var maxPixels: String?

  @Option(help: .setting("max-scans", value: "n"))
  var maxScans: String?

  @Option(help: .setting("max-chunk-bytes", value: "n"))
  var maxChunkBytes: String?

  @Option(help: .setting("max-file-bytes", value: "n"))
  var maxFileBytes: String?

  @Flag(inversion: .prefixedNo, help: .setting("allow-truncated", value: ""))
  var allowTruncated: Bool?

  var given: [(key: String, text: String?)] {
    [
      ("max-pixels", maxPixels), ("max-scans", maxScans), ("max-chunk-bytes", maxChunkBytes),
      ("max-file-bytes", maxFileBytes), ("allow-truncated", allowTruncated.map { "\($0)" }),
    ]
  }

  /// The library's form, for commands that have no other settings.
  func options() throws -> ReadingOptions {
    try TrainingConfiguration(data: "").applying([self]).reading
  }
}
