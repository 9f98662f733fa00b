public import MillraceWorkshop

/// A check of a data set as a page with pictures: duplicates side by side, suspect pictures, and what would be cut
/// off. The page needs no other file.
public struct CheckPage {
  private let report: DatasetReport

  /// Takes a report that has kept its pictures, see `DatasetCheck/keepsPictures`.
  public init(_ report: DatasetReport) { self.report = report }

  /// The whole document.
  public var html: String {
    let sections: [PageSection] = [
      .classes(of: report), .remarks(of: report), .duplicates(of: report), .suspects(of: report),
      .cutOff(of: report), .unusable(of: report),
    ].compactMap { $0 }
    return ReportPage.document(
      title: "Check of \(report.data.printable)", refreshes: false,
      [
        tag(
          "header", [:], tag("h1", [:], "Check of ", PageSection.name(report.data)),
          tag("p", ["class": report.problems.isEmpty ? "status" : "status bad"], .text(status)),
          tag("div", ["class": "tiles"], tiles.map { .tile($0.text, what: $0.what) }))
      ] + ReportPage.body(sections))
  }

  private var status: String {
    report.problems.isEmpty
      ? "It can be trained on."
      : "It cannot be trained on as it is: \(report.problems.joined(separator: "; ").printable)."
  }

  private var tiles: [(text: String, what: String)] {
    let suspects = DatasetReport.suspects.reduce(0) { $0 + (report.findings[$1]?.count ?? 0) }
    return [
      (Figures.count(report.trainingCount), "training images"),
      (Figures.count(report.validationCount), "validation images"),
      (Figures.count(report.unusableCount), "files that cannot be used"),
      (Figures.count(report.duplicates.count), "groups of equal files and look-alikes"),
      (Figures.count(suspects), "findings that are worth a look"),
    ]
  }
}
