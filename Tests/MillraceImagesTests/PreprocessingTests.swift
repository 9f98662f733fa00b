import Foundation
import Testing

@testable import MillraceImages

struct PreprocessingTests {
  @Test func `a preprocessing is stored under plain keys`() throws {
    let preprocessing = try Preprocessing(
      size: ImageSize(width: 32, height: 24), channels: .rgb, background: [1, 2, 3])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(preprocessing), as: UTF8.self)
    #expect(
      json == """
        {"background":[1,2,3],"channels":"rgb","height":24,"mean":[0,0,0],"standardDeviation":[1,1,1],"width":32}
        """)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8)) == preprocessing)
    #expect(preprocessing.featureCount == 3 * 24 * 32)
    #expect(preprocessing.magnification == 1 && preprocessing.decodedSize == preprocessing.size)
  }

  @Test func `a magnification is stored where there is one`() throws {
    let preprocessing = try Preprocessing(
      size: ImageSize(width: 32, height: 24), channels: .gray, magnification: 1.4142135)
    let json = try JSONEncoder().encode(preprocessing)
    #expect(String(decoding: json, as: UTF8.self).contains("\"magnification\":1.4142135"))
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
    #expect(preprocessing.decodedSize == ImageSize(width: 46, height: 34))
    #expect(try preprocessing.normalized(by: .zeroToOne(.gray)) == preprocessing)
    for wrong in [0.5, -1, .nan, .infinity, 100_000] as [Float] {
      #expect(throws: PreprocessingError.self) {
        try Preprocessing(size: preprocessing.size, channels: .gray, magnification: wrong)
      }
    }
  }

  @Test func `a fit is stored where it is not the usual one`() throws {
    let preprocessing = try Preprocessing(
      size: ImageSize(width: 32, height: 24), channels: .gray, fit: .padReflect)
    let json = try JSONEncoder().encode(preprocessing)
    #expect(String(decoding: json, as: UTF8.self).contains("\"fit\":\"pad-reflect\""))
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
    #expect(try preprocessing.normalized(by: .zeroToOne(.gray)) == preprocessing)
    let wrong = String(decoding: json, as: UTF8.self).replacing("pad-reflect", with: "squeeze")
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Preprocessing.self, from: Data(wrong.utf8))
    }
    #expect("\(try #require(error))".contains("expected one of crop, pad, pad-reflect, stretch"))
  }

  @Test(arguments: [
    ("\"width\":32", "\"width\":0", "4096"), ("[1,1,1]", "[1,1]", "one value a channel"),
    ("[1,1,1]", "[1,0,1]", "above 0"), ("\"rgb\"", "\"cmyk\"", "cmyk"), ("[1,2,3]", "[1]", "three numbers"),
    ("\"rgb\"", "\"gray\"", "one value a channel"),
  ])
  func `a preprocessing that makes no sense is refused`(part: String, wrong: String, word: String) {
    let good = """
      {"background":[1,2,3],"channels":"rgb","height":24,"mean":[0,0,0],"standardDeviation":[1,1,1],"width":32}
      """
    let bad = good.replacingOccurrences(of: part, with: wrong)
    do {
      _ = try JSONDecoder().decode(Preprocessing.self, from: Data(bad.utf8))
      Issue.record("\(bad) should be refused")
    } catch {
      #expect("\(error)".contains(word), "\(error)")
    }
  }
}
