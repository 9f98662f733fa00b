import MillraceImages
import MillracePipeline
import MillraceWorkshop

// The results of a check, as the sections of its page.
extension PageSection {
  /// The number of rows of a table that a screen shows at once.
  private static let rowsAtOnce = 30
  /// The number of unusable files that are named.
  private static let filesNamed = 100

  /// The images of each class.
  static func classes(of report: DatasetReport) -> PageSection? {
    let names = report.classes.map(\.name).toldApart
    let rows = zip(names, report.classes).map { name, entry in
      tag(
        "tr", [:],
        [.rowName(name)]
          + [entry.training, entry.validation, entry.unusable].map {
            tag("td", [:], .text(Figures.count($0)))
          })
    }
    return PageSection(
      id: "classes", title: "Classes",
      content: [
        .table(
          "Images of each class", isLong: rows.count > rowsAtOnce,
          columns: ["class", "training", "validation", "unusable"].map { .column($0) }, rows: rows)
      ])
  }

  /// Remarks about the whole data set.
  static func remarks(of report: DatasetReport) -> PageSection? {
    let lines =
      report.problems + [report.leakage?.line, report.cutOff?.line].compactMap { $0 } + report.notices
    if lines.isEmpty { return nil }
    return PageSection(
      id: "remarks", title: "What to know", content: lines.map { tag("p", [:], .text($0.printable)) })
  }

  /// Equal files and look-alikes, side by side.
  static func duplicates(of report: DatasetReport) -> PageSection? {
    let shown = report.shownDuplicates
    if shown.isEmpty { return nil }
    let total = report.duplicates.count
    return PageSection(
      id: "duplicates", title: "Equal files and look-alikes",
      content: [
        note(
          "\(Figures.count(total, "group"))"
            + (total > shown.count ? ", of which \(shown.count) are shown" : "")
            + ": first those with different labels, or in both training and validation. Red: what differs.")
      ] + shown.map { group($0, report) })
  }

  private static func group(_ group: DatasetReport.DuplicateGroup, _ report: DatasetReport) -> Markup {
    let members = group.members.prefix(DatasetReport.shownMembers)
    let rest = group.members.count - members.count
    return tag(
      "div", [:],
      heading(
        (group.isExact ? "Equal files" : "Look-alikes")
          + (rest > 0 ? ", and \(Figures.count(rest)) more" : "")),
      tag(
        "div", ["class": "pictures mistakes"],
        members.map { member in
          figure(
            member.path, report,
            [
              tag(
                "span", ["class": group.crossesClasses ? "name bad" : "name"],
                .text(member.className.printable)),
              tag("br"),
              tag(
                "span", ["class": group.crossesSplits ? "bad" : nil],
                .text(member.isValidation ? "validation" : "training")),
            ])
        }))
  }

  /// Pictures that deserve a look.
  static func suspects(of report: DatasetReport) -> PageSection? {
    let content = DatasetReport.suspects.flatMap { finding -> [Markup] in
      guard let items = report.findings[finding], !items.isEmpty else { return [] }
      let shown = items.prefix(DatasetReport.shownOfFinding)
      return [
        heading("\(Figures.count(items.count, "file")) \(finding.words(items.count))"),
        tag(
          "div", ["class": "pictures mistakes"],
          shown.map { item in
            figure(item.path, report, item.detail.map { [.text($0.printable)] } ?? [])
          }),
        items.count > shown.count ? note("and \(Figures.count(items.count - shown.count)) more") : .empty,
      ]
    }
    return content.isEmpty ? nil : PageSection(id: "suspects", title: "Worth a look", content: content)
  }

  /// What a crop cuts off.
  static func cutOff(of report: DatasetReport) -> PageSection? {
    guard let cut = report.cutOff, !cut.most.isEmpty, let mean = cut.mean else { return nil }
    return PageSection(
      id: "cut-off", title: "What is cut off",
      content: [
        note(
          "A crop makes pictures \(cut.output.width)×\(cut.output.height); what it cuts off is dark: "
            + "\(Figures.percent(mean)) on average. These pictures lose most. --fit pad and --fit stretch show all."
        ),
        tag(
          "div", ["class": "pictures mistakes"],
          cut.most.map { picture in
            let image = report.pictures[picture.path].map { PictureFit.showingCrop(on: $0, to: cut.output) }
            return figure(picture.path, image, [.text(Figures.percent(picture.share, digits: 0))])
          }),
      ])
  }

  /// Files that cannot be used, with the reason.
  static func unusable(of report: DatasetReport) -> PageSection? {
    let items = (report.findings[.unreadable] ?? []) + (report.findings[.truncated] ?? [])
    if items.isEmpty { return nil }
    let rows = items.prefix(filesNamed).map { item in
      tag("tr", [:], .rowName(item.path), tag("td", ["class": "name"], .text(item.detail?.printable ?? "")))
    }
    return PageSection(
      id: "unusable", title: "Files that cannot be used",
      content: [
        .table(
          "\(Figures.count(items.count, "file"))", isLong: rows.count > rowsAtOnce,
          columns: ["file", "why"].map { .column($0) }, rows: rows),
        items.count > rows.count ? note("and \(Figures.count(items.count - rows.count)) more") : .empty,
      ])
  }

  private static func figure(_ path: String, _ report: DatasetReport, _ caption: [Markup]) -> Markup {
    figure(path, report.pictures[path], caption)
  }

  /// A picture, or its name where there is none, with words below.
  private static func figure(_ path: String, _ image: Image?, _ caption: [Markup]) -> Markup {
    tag(
      "figure", [:],
      image.map { EncodedPicture($0).markup(alternative: path.printable, hint: path.printable) }
        ?? name(path),
      tag("figcaption", ["title": path.printable], caption))
  }
}
