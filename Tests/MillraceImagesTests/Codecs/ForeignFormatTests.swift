import Testing

@testable import MillraceImages

struct ForeignFormatTests {
  private static func bytes(_ latin1: String) -> [UInt8] {
    latin1.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private static func brand(_ name: String) -> String { "\0\0\0\u{18}ftyp\(name)\0\0\0\0mif1" }

  static let kinds: [(start: String, name: String)] = [
    ("GIF87a", "a GIF image"), ("GIF89a\u{1}", "a GIF image"),
    ("BM\u{9A}\u{2}\0\0\0\0\0\0\u{36}", "a BMP image of an unknown kind"), ("II*\0\u{8}", "a TIFF image"),
    ("MM\0*\0", "a TIFF image"),
    (brand("heic"), "a HEIC image"), (brand("mif1"), "a HEIC image"), (brand("avif"), "an AVIF image"),
    (brand("isom"), "a video"), ("\u{FF}\u{0A}\u{FA}", "a JPEG XL image"),
    ("\0\0\0\u{C}JXL \r\n\u{87}\n", "a JPEG XL image"), ("\0\0\0\u{C}jP  \r\n\u{87}\n", "a JPEG 2000 image"),
    ("\u{FF}\u{4F}\u{FF}\u{51}\0", "a JPEG 2000 image"), ("\0\0\u{1}\0\u{1}\0", "an icon"),
    ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG image"),
    ("<?xml version=\"1.0\"?>\n<!-- drawn -->\n<svg>", "an SVG image"), ("%PDF-1.4\n", "a PDF document"),
    ("<!DOCTYPE html>\n<html>", "a web page"), ("\u{EF}\u{BB}\u{BF}\n <HTML lang=\"en\">", "a web page"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
    ("{\"error\":\"forbidden\"}", "a JSON document"), ("[\n  {\"a\": 1}]", "a JSON document"),
    ("\u{1F}\u{8B}\u{8}\0", "a gzip file"), ("PK\u{3}\u{4}", "a ZIP archive"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "a Git LFS pointer"),
  ]

  @Test("a file of another known kind is told by name, with what to do", arguments: kinds)
  func known(start: String, name: String) throws {
    let error = try #require(try decodingError(Self.bytes(start)))
    guard case .foreign(let kind) = error else {
      Issue.record("\(name): \(error)")
      return
    }
    #expect(kind.name == name)
    #expect(error.description.hasPrefix("is \(name), not a \(ImageFormat.listInWords) image; "))
    #expect(error.description.contains("remove it"))
  }

  @Test("where libwebp is missing a WebP image is told by name, with what to do")
  func withoutCodec() throws {
    let kind = try #require(
      Self.bytes("RIFF\u{24}\0\0\0WEBPVP8 ").withUnsafeBytes { ForeignFormat(sniffing: $0) })
    #expect(kind.name == "a WebP image" && kind.cure.contains("libwebp"))
  }

  @Test(
    "what only looks like another kind is of no known one",
    arguments: [
      "hello, world", "BMW 2002", "[see the note]", "RIFF\u{24}\0\0\0WAVEfmt ",
      "\n\u{FF}\u{D8}\u{FF}\u{E0}", "\0\0\0\0", "<", "ftypheic",
    ])
  func unknown(start: String) throws {
    let bytes = Self.bytes(start)
    #expect(try decodingError(bytes) == .notAnImage(start: Array(bytes.prefix(8))))
  }

  @Test("no prefix of a name is taken for it", arguments: kinds)
  func prefixes(start: String, name: String) {
    for count in 0..<2 {
      let kind = Self.bytes(start).prefix(count).withUnsafeBytes { ForeignFormat(sniffing: $0) }
      #expect(kind == nil)
    }
  }
}
