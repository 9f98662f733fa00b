import Testing

@testable import MillracePipeline

struct ExactTextTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  @Test func textsThatLookAlikeAreTwo() {
    #expect(Self.composed == Self.decomposed)
    #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
    #expect(Set([Self.composed, Self.decomposed, Self.composed].map(ExactText.init)).count == 2)
    #expect([Self.composed].isExactly([Self.composed]) && ![Self.composed].isExactly([Self.decomposed]))
  }

  @Test func lookAlikesShowTheirBytes() {
    #expect(
      [Self.composed, "dog", Self.decomposed].toldApart == [
        "caf\u{E9} (caf\\xc3\\xa9)", "dog", "cafe\u{301} (cafe\\xcc\\x81)",
      ])
    // A no-break space looks like a space, and a mark without width like nothing.
    #expect(["a b", "a\u{A0}b"].toldApart == ["a b (a b)", "a\u{A0}b (a\\xc2\\xa0b)"])
    #expect(["ab", "a\u{200B}b"].toldApart[1] == "a\u{200B}b (a\\xe2\\x80\\x8bb)")
    // Nothing is added where nothing looks alike.
    #expect(["é", "è", "e", "E"].toldApart == ["é", "è", "e", "E"])
  }
}
