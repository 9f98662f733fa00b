import MillraceModels
import MillraceTraining

extension PageSection {
  /// The command that repeats the run, its settings, and its notices.
  static func configuration(_ record: RunRecord, folder: String) -> PageSection {
    let rows = record.settings.map { setting in
      tag(
        "div", ["class": setting.isGiven == true ? "given" : nil],
        tag("dt", [:], .text(setting.key)),
        tag(
          "dd", [:],
          [.text(setting.text.printable)]
            + (setting.reason.map { [tag("small", [:], .text($0.printable))] } ?? [])))
    }
    return PageSection(
      id: "configuration", title: "Configuration",
      content: [
        tag("p", [:], "This command repeats the run, to the bit:"),
        tag(
          "pre", [:],
          .text("millrace train --config \(shellQuoted(RunFolder(path: folder).configuration))".printable)),
        tag("dl", ["class": "settings"], rows),
        note("Bold: what was given. Small: why the program has chosen a value."),
      ] + files(record))
  }

  private static func files(_ record: RunRecord) -> [Markup] {
    var content: [Markup] = []
    if !record.notices.isEmpty {
      content += [
        heading("Notes"), tag("ul", [:], record.notices.map { tag("li", [:], .text($0.printable)) }),
      ]
    }
    content.append(heading("Files"))
    var sentence =
      record.badFiles == 0
      ? "Every file could be used."
      : "\(Figures.count(record.badFiles, "file")) could not be used; bad-files.csv lists all of them."
    if let warned = record.warned, warned > 0 {
      sentence += " \(Figures.count(warned, "file was", "files were")) used although the decoder complained."
    }
    content.append(tag("p", [:], .text(sentence)))
    if !record.firstBadFiles.isEmpty {
      content.append(
        tag(
          "ul", [:],
          record.firstBadFiles.map { file in
            tag("li", [:], name(file.path), .text(": \(file.reason.printable)"))
          }))
    }
    return content
  }
}
