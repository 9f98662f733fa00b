import MillracePipeline

/// A file that could not be used, as JSON.
struct SkippedFile: Encodable {
  let path: String
  let reason: String

  init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  init(_ sample: SkippedSample) {
    self.init(path: sample.path, reason: sample.reason)
  }
}
