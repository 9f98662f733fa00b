/// A kind of file that turns up where images should be, and is not decoded: it is told by name.
public struct ForeignFormat: Sendable, Hashable {
  /// With its article, such as `a GIF image`.
  public let name: String
  /// What to do with such a file.
  public let cure: String
}

extension ForeignFormat {
  /// What is known of a kind's first bytes.
  private enum Sign {
    /// They are these, where `?` is any byte.
    case bytes([UInt8])
    /// They are an ISO media file's, of one of these brands (ISO/IEC 14496-12, section 4.3).
    case brands([String])
    /// After white space they are these letters, in upper or lower case.
    case text(String)
    /// They are markup, with this among it.
    case markup(String)
    /// They are an object or an array in JSON.
    case json
  }

  private static let convert = "convert it to PNG or remove it"
  private static let again = "download it again or remove it"
  private static let remove = "remove it"

  /// The first that fits counts.
  private static let kinds: [(sign: Sign, name: String, cure: String)] = [
    // Where this was built with libwebp, it is decoded.
    (
      latin1("RIFF????WEBP"), "a WebP image",
      "convert it to PNG, remove it, or build millrace where libwebp is (libwebp-dev)"
    ),
    (latin1("GIF8?a"), "a GIF image", convert),
    // Those that are known are decoded.
    (latin1("BM????\0\0\0\0"), "a BMP image of an unknown kind", convert),
    (latin1("II*\0"), "a TIFF image", convert),
    (latin1("MM\0*"), "a TIFF image", convert),
    (latin1("II+\0"), "a TIFF image", convert),
    (latin1("MM\0+"), "a TIFF image", convert),
    (.brands(["avif", "avis"]), "an AVIF image", convert),
    (.brands(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]), "a HEIC image", convert),
    (.brands([]), "a video", remove),
    (latin1("\u{FF}\n"), "a JPEG XL image", convert),
    (latin1("\0\0\0\u{0C}JXL \r\n\u{87}\n"), "a JPEG XL image", convert),
    (latin1("\0\0\0\u{0C}jP  \r\n\u{87}\n"), "a JPEG 2000 image", convert),
    (latin1("\u{FF}\u{4F}\u{FF}\u{51}"), "a JPEG 2000 image", convert),
    (latin1("8BPS"), "a Photoshop image", convert),
    (latin1("\0\0\u{1}\0"), "an icon", convert),
    (latin1("\0\0\u{2}\0"), "a cursor", convert),
    (latin1("%PDF-"), "a PDF document", convert),
    (latin1("%!PS"), "a PostScript document", convert),
    (latin1("\u{1F}\u{8B}\u{08}"), "a gzip file", "unpack it or remove it"),
    (latin1("PK\u{3}\u{4}"), "a ZIP archive", "unpack it or remove it"),
    (
      latin1("version https://git-lfs"), "a Git LFS pointer",
      "fetch what it stands for with git lfs pull, or remove it"
    ),
    (.text("<svg"), "an SVG image", convert),
    (.markup("<html"), "a web page", again),
    (.markup("<!doctype html"), "a web page", again),
    (.markup("<svg"), "an SVG image", convert),
    (.text("<?xml"), "an XML document", again),
    (.json, "a JSON document", again),
  ]

  /// The bytes of a text in Latin-1.
  private static func latin1(_ text: String) -> Sign {
    .bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
  }

  /// Recognises a file by its first bytes; nil for what is in no list.
  public init?(sniffing file: UnsafeRawBufferPointer) {
    let start = Start(file)
    guard let kind = Self.kinds.first(where: { start.fits($0.sign) }) else { return nil }
    self.init(name: kind.name, cure: kind.cure)
  }

  /// The beginning of a file, as bytes and as text.
  private struct Start {
    let bytes: [UInt8]
    /// Without a byte order mark and white space before it, in lower case.
    let text: String

    init(_ file: UnsafeRawBufferPointer) {
      bytes = Array(file.prefix(1024))
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let space = Set("\t\n\u{0C}\r ".utf8)
      let letters = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).drop { space.contains($0) }
      text = String(String.UnicodeScalarView(letters.map { Unicode.Scalar($0) })).lowercased()
    }

    func fits(_ sign: Sign) -> Bool {
      switch sign {
      case .bytes(let pattern):
        return bytes.count >= pattern.count
          && zip(bytes, pattern).allSatisfy { $0 == $1 || $1 == UInt8(ascii: "?") }
      case .brands(let brands):
        guard bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) else { return false }
        return brands.isEmpty || brands.contains { bytes[8..<12].elementsEqual($0.utf8) }
      case .text(let beginning): return text.hasPrefix(beginning)
      case .markup(let element): return text.hasPrefix("<") && text.contains(element)
      case .json:
        guard let open = text.first, open == "{" || open == "[" else { return false }
        let next = text.dropFirst().first { !$0.isWhitespace }
        return next.map { (open == "{" ? "\"}" : "\"{[]-0123456789").contains($0) } ?? false
      }
    }
  }
}
