import Foundation
import MillraceImages
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining
@testable import MillraceWorkshop

struct CheckPageTests {
  private let folder: TemporaryFolder

  /// Two classes; the name of one of them would be markup.
  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<6 {
      for name in ["a<b>&\"c", "plain"] {
        let seed = number + (name == "plain" ? 20 : 0)
        _ = try folder.put(
          ImageEncoder.png(Pattern.image(seed, width: number == 0 ? 90 : 64, height: 48)),
          at: "data/\(name)/\(number).png")
      }
    }
    _ = try folder.put(folder.bytes(of: "data/plain/1.png"), at: "data/a<b>&\"c/double.png")
    _ = try folder.put(Array("no image".utf8), at: "data/plain/notes.txt")
    let plain = Image(width: 40, height: 40, channels: .gray, pixels: Array(repeating: 99, count: 1600))
    _ = try folder.put(ImageEncoder.png(plain), at: "data/plain/blank.png")
  }

  private func page(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> String {
    var configuration = TrainingConfiguration(data: folder.file("data"))
    configuration.validationFraction = 0.3
    configuration.reading.maxBad = .count(3)
    change(&configuration)
    var check = DatasetCheck(configuration)
    check.keepsPictures = true
    // Waves have no edges.
    check.quality.blurred = 0
    return CheckPage(try check.run()).html
  }

  @Test func `The page needs nothing but itself, and shows what was found`() throws {
    let html = try page()
    let reader = try #require(PageReader(html))
    #expect(reader.fetched.isEmpty)
    for words in [
      "Check of", "Equal files and look-alikes", "Worth a look", "What is cut off",
      "Files that cannot be used",
      "a<b>&\"c", "notes.txt", "1 file shows a plain surface", "It can be trained on.",
    ] {
      #expect(reader.text.contains(words), "\(words)")
    }
    // These are both pictures of the duplicate, the blank one, and each that is cut.
    #expect(reader.count("img") == 2 + 1 + 13)
    #expect(reader.count("span", class: "bad") >= 2)
    #expect(!html.contains("a<b>"))
    #expect(try page() == html)
  }

  @Test func `What was not found has no section`() throws {
    let whole = try #require(PageReader(try page { $0.fit = .pad }))
    #expect(!whole.text.contains("What is cut off") && whole.count("img") == 3)
    let broken = try #require(PageReader(try page { $0.reading.maxBad = .count(0) }))
    #expect(broken.text.contains("It cannot be trained on as it is: 1 of 15 files cannot be used"))
  }
}
