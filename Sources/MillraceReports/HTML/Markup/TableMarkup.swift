// What all tables have in common.
extension Markup {
  /// A table that is moved sideways, or up and down, where there is no room for it; the keyboard reaches it.
  static func scrolling(_ title: String, isLong: Bool = false, _ table: Markup) -> Markup {
    tag(
      "div",
      [
        "class": isLong ? "scroll long" : "scroll", "tabindex": "0", "role": "region", "aria-label": title,
      ], table)
  }

  /// The names of a table's columns.
  static func tableHead(_ names: [String]) -> Markup {
    tag("thead", [:], tag("tr", [:], names.map { tag("th", ["scope": "col"], .text($0)) }))
  }
}
