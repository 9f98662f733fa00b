/// The report of an ensemble as a page that needs no other file.
struct EnsemblePage {
  /// The name of the ensemble.
  let name: String
  /// The folder of all runs.
  let folder: String
  let record: RunRecord
  let ensemble: EnsembleRecord
  /// The members' own records, in their order, as far as they exist.
  let members: [RunRecord]

  /// The whole document.
  var html: String {
    let comparison = RunComparison(
      runs: members.enumerated().map { RunComparison.Run(name: "\(ensemble.noun) \($0 + 1)", record: $1) })
    let sections: [PageSection] = [
      .members(ensemble, of: record), .suspects(record),
      members.isEmpty ? nil : comparison.curves(isKeyed: false),
      .confusion(record),
      .classes(record), .mistakes(record), .calibration(record), .configuration(record, folder: folder),
    ].compactMap { $0 }
    return ReportPage.document(
      title: "\(ensemble.title) \(name.printable)", refreshes: record.state == .running,
      [SummarySection(name: name, folder: folder, record: record).markup] + ReportPage.body(sections))
  }
}

extension EnsembleRecord {
  /// The kind of the ensemble, as the beginning of a title.
  var title: String { isCrossValidation ? "Cross-validation" : "Ensemble" }
}
