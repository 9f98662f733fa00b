import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads a page as XML: its elements and its text.
final class PageReader: NSObject, XMLParserDelegate {
  /// Each element's name and attributes, in order.
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  /// All text outside style sheets, with a space between elements.
  private(set) var text = ""
  private var isInStyle = false

  /// Reads a page; nil where it is not well-formed.
  init?(_ page: String) {
    super.init()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = self
    if !parser.parse() { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
    isInStyle = name == "style"
    text += " "
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?)
  {
    isInStyle = false
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if !isInStyle { text += string }
  }

  func count(_ name: String, class style: String? = nil) -> Int {
    elements.filter {
      $0.name == name
        && (style == nil || $0.attributes["class"]?.split(separator: " ").contains { $0 == style! } == true)
    }.count
  }

  /// Everything that the page would fetch because it is not part of it.
  var fetched: [String] {
    elements.flatMap { element in
      element.attributes.filter { ["src", "href", "srcset", "data", "action"].contains($0.key) }.map(\.value)
    }.filter { !$0.hasPrefix("data:") && !$0.hasPrefix("#") }
  }
}
