// What the heads of all pages have in common.
extension Markup {
  /// A figure in large print.
  ///
  /// - Parameters:
  ///   - text: The figure.
  ///   - interval: Where the true one lies with 95 % confidence; nil where that cannot be told.
  ///   - what: What it is.
  ///   - isMain: Whether it is one of the figures that the page is for.
  static func tile(_ text: String, interval: String? = nil, what: String, isMain: Bool = true) -> Markup {
    tag(
      "div", ["class": isMain ? "tile main" : "tile"], tag("b", [:], .text(text)),
      interval.map { tag("small", [:], .text($0)) } ?? .empty, tag("span", [:], .text(what)))
  }
}
