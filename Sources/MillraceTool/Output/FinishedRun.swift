/// A run that has nothing left to do, as JSON.
struct FinishedRun: Encodable {
  let finished = true
  let runFolder: String
  let model: String

  init(_ runFolder: String, model: String) {
    self.runFolder = runFolder
    self.model = model
  }
}
