import Testing

@testable import MillracePipeline

struct PathNameTests {
  @Test(arguments: [
    ("plain name.jpg", "plain name.jpg"),
    ("Käse 猫 🐈", "Käse 猫 🐈"),
    ("back\\slash", "back\\\\slash"),
    ("new\nline\u{1b}[2J\u{7f}", "new\\x0aline\\x1b[2J\\x7f"),
    ("\u{85}", "\\xc2\\x85"),
  ])
  func textIsShownOnOneLine(name: String, shown: String) {
    #expect(PathName.shown(name.utf8) == shown)
    #expect(PathName.name(shownAs: shown) == name)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], "a\\xffb"),
      ([0xC3], "\\xc3"),
      ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
      ([0xC3, 0xA4, 0xC3], "ä\\xc3"),
    ] as [([UInt8], String)])
  func bytesThatAreNotTextAreEscaped(name: [UInt8], shown: String) {
    #expect(PathName.shown(name) == shown)
    #expect(PathName.name(shownAs: shown) == nil, "the name is no text")
  }

  @Test(arguments: ["a\\", "a\\n", "a\\x", "a\\x0", "a\\x41", "a\\x+1", "new\nline"])
  func whatNoNameIsShownAsIsNoName(text: String) {
    #expect(PathName.name(shownAs: text) == nil)
  }
}
