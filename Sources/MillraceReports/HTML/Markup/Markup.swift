/// A piece of HTML or SVG as a tree.
///
/// Text and attribute values are escaped when it is written. The only way around that is ``stylesheet(_:)``, which
/// takes only constants, so the name of a class or a file never becomes markup. The written text is also
/// well-formed XML, so any parser can check it.
indirect enum Markup: Sendable {
  case text(String)
  case element(name: String, attributes: [Attribute], children: [Markup])
  /// Pieces one after another.
  case group([Markup])
  /// A style sheet of this program's own; it must not hold `<` or `&`.
  case stylesheet(StaticString)

  /// A name and its value.
  struct Attribute: Sendable {
    let name: String
    let value: String
  }

  /// Markup without content.
  static let empty = Markup.group([])
}

extension Markup: ExpressibleByStringInterpolation {
  init(stringLiteral text: String) { self = .text(text) }
}

/// An element, such as `tag("p", ["class": "note"], "Text")`. An attribute whose value is nil is left out.
func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: Markup...
) -> Markup {
  tag(name, attributes, children)
}

/// An element with a list of children.
func tag(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [Markup]) -> Markup {
  .element(
    name: name,
    attributes: attributes.compactMap { name, value in
      value.map { Markup.Attribute(name: name, value: $0) }
    },
    children: children)
}
