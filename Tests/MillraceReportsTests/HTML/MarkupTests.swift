import Testing

@testable import MillraceReports

struct MarkupTests {
  @Test func `Text and attributes cannot become markup`() throws {
    let hostile = "</style><script>alert(\"1\")</script>&amp;'\u{0}\u{1B}\u{85}"
    let page = tag("html", [:], tag("p", ["title": hostile], .text(hostile))).document
    #expect(!page.contains("<script"))
    let reader = try #require(PageReader(page))
    #expect(reader.elements.map(\.name) == ["html", "p"])
    let safe = "</style><script>alert(\"1\")</script>&amp;'\u{FFFD}\u{FFFD}\u{FFFD}"
    #expect(reader.elements[1].attributes["title"] == safe)
    #expect(reader.text.contains(safe))
  }

  @Test func `An attribute without a value is left out`() {
    let page = tag("p", ["class": nil, "id": "a"], "Text").document
    #expect(page == "<!DOCTYPE html>\n<p id=\"a\">Text</p>\n")
  }
}
