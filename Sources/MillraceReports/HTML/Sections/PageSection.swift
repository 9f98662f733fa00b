/// A part of a page under a heading. For each kind a file makes it from a record, or makes nothing where the record
/// has nothing to show.
struct PageSection: Sendable {
  /// The identifier to which links lead.
  let id: String
  let title: String
  let content: [Markup]

  var markup: Markup {
    tag("section", ["id": id], [tag("h2", [:], .text(title))] + content)
  }

  var link: Markup { tag("a", ["href": "#\(id)"], .text(title)) }

  /// A container of plots, which are side by side where there is room.
  static func plots(_ plots: [Markup?]) -> Markup {
    tag("div", ["class": "plots"], plots.compactMap { $0 })
  }

  static func note(_ text: String) -> Markup { tag("p", ["class": "note"], .text(text)) }

  static func heading(_ text: String) -> Markup { tag("h3", [:], .text(text)) }

  /// A name that a person has given to a class or a file.
  static func name(_ text: String) -> Markup { tag("span", ["class": "name"], .text(text.printable)) }
}
