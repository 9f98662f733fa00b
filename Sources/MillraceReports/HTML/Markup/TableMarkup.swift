// These are the parts that all tables share.
extension Markup {
  /// A table under its caption. Where there is no room for the table, it scrolls sideways, or up and down; the
  /// keyboard reaches it, and the caption stays in sight.
  ///
  /// - Parameters:
  ///   - caption: What the table shows.
  ///   - style: The class of the table.
  ///   - isLong: Whether a screen shows only a part of the rows at once.
  ///   - columns: The cells of the head.
  ///   - rows: The rows.
  static func table(
    _ caption: String, style: String? = nil, isLong: Bool = false, columns: [Markup], rows: [Markup]
  ) -> Markup {
    tag(
      "div",
      [
        "class": isLong ? "scroll long" : "scroll", "tabindex": "0", "role": "region", "aria-label": caption,
      ],
      tag(
        "table", ["class": style], tag("caption", [:], tag("span", [:], .text(caption))),
        tag("thead", [:], tag("tr", [:], columns)), tag("tbody", [:], rows)))
  }

  /// The name of a column.
  static func column(_ name: String, style: String? = nil) -> Markup {
    tag("th", ["scope": "col", "class": style], .text(name))
  }

  /// The name of a row, as a person has given it; a short one stays on one line.
  static func rowName(_ name: String, _ more: Markup = .empty) -> Markup {
    tag(
      "th", ["scope": "row", "class": name.count > longestShortName ? "name" : "name short"],
      .text(name.printable), more)
  }

  private static let longestShortName = 16
}
