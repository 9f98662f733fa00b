// These are the parts that the heads of all pages share.
extension Markup {
  /// A figure in large print.
  ///
  /// - Parameters:
  ///   - text: The figure.
  ///   - interval: The range of the true figure with 95 % confidence; nil where it is not known.
  ///   - what: What the figure is.
  ///   - isMain: Whether the page is for this figure.
  static func tile(_ text: String, interval: String? = nil, what: String, isMain: Bool = true) -> Markup {
    tag(
      "div", ["class": isMain ? "tile main" : "tile"], tag("b", [:], .text(text)),
      interval.map { tag("small", [:], .text($0)) } ?? .empty, tag("span", [:], .text(what)))
  }
}
