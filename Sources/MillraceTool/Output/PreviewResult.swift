import Millrace

/// What a preview wrote, as JSON.
struct PreviewResult: Encodable {
  let folder: String
  let contactSheet: String
  let plans: String
  let images: [String]
  let skipped: [SkippedFile]

  init(_ outcome: Millrace.Preview.Outcome) {
    folder = outcome.folder
    contactSheet = outcome.contactSheet
    plans = outcome.plans
    images = outcome.images
    skipped = outcome.skipped.map(SkippedFile.init)
  }
}
