import MillraceWorkshop

/// What a preview wrote, as JSON.
struct PreviewResult: Encodable {
  let folder: String
  let page: String
  let contactSheet: String
  let plans: String
  let images: [String]
  let skipped: [SkippedFile]

  init(_ outcome: MillraceWorkshop.Preview.Outcome, page: String) {
    self.page = page
    folder = outcome.folder
    contactSheet = outcome.contactSheet
    plans = outcome.plans
    images = outcome.images
    skipped = outcome.skipped.map(SkippedFile.init)
  }
}
