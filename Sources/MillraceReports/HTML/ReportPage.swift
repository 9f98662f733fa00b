/// The report of a run as a page that needs no other file, no script and no network.
struct ReportPage {
  /// The name of the run.
  let name: String
  /// The run's folder, for the command that repeats the run.
  let folder: String
  let record: RunRecord

  /// The seconds after which an unfinished page reloads itself.
  private static let refreshInterval = 10

  /// The whole document.
  var html: String {
    let sections: [PageSection] = [
      .curves(record), .confusion(record), .classes(record), .mistakes(record), .calibration(record),
      .weights(record), .firstLayer(record), .samples(record), .speed(record),
      .configuration(record, folder: folder),
    ].compactMap { $0 }
    return Self.document(
      title: "Run \(name.printable)", refreshes: record.state == .running,
      [SummarySection(name: name, folder: folder, record: record).markup] + Self.body(sections))
  }

  /// The sections, preceded by links to each.
  static func body(_ sections: [PageSection]) -> [Markup] {
    [
      tag("nav", ["aria-label": "Sections"], sections.map(\.link)),
      tag("main", [:], sections.map(\.markup)),
      tag("footer", [:], PageSection.note("Drawn by Millrace.")),
    ]
  }

  /// A document around its body.
  static func document(title: String, refreshes: Bool, _ body: [Markup]) -> String {
    var head = [
      tag("meta", ["charset": "utf-8"]),
      tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      tag("meta", ["name": "color-scheme", "content": "light dark"]),
      // This icon causes no request.
      tag("link", ["rel": "icon", "href": "data:,"]),
      tag("title", [:], .text(title)),
      tag("style", [:], .reportStylesheet),
    ]
    if refreshes { head.append(tag("meta", ["http-equiv": "refresh", "content": "\(refreshInterval)"])) }
    return tag("html", ["lang": "en"], tag("head", [:], head), tag("body", [:], body)).document
  }
}
