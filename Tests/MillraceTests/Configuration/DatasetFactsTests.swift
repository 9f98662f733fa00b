import Foundation
import MillraceImages
import Testing
import _MillraceTestSupport

@testable import MillraceTraining
@testable import MillraceWorkshop

struct DatasetFactsTests {
  private func facts(_ data: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws
    -> DatasetFacts
  {
    var configuration = TrainingConfiguration(data: data)
    change(&configuration)
    return try DatasetFacts(of: configuration)
  }

  @Test func `A data set is counted without its validation images, and sizes are medians`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 10, side: 20)
    for number in 0..<3 {
      let image = ImageFolder.draw(label: 0, of: 2, number: number, side: 40, channels: .rgb)
      try Data(ImageEncoder.png(image)).write(
        to: URL(fileURLWithPath: "\(folder.path)/class0/large\(number).png"))
    }
    let all = try facts(folder.path) { $0.validationFraction = 0 }
    #expect(
      all.trainingCount == 23 && all.validationCount == 0 && all.classCount == 2 && all.classSizes == 10...13)
    #expect(all.medianSize == ImageSize(width: 20, height: 20) && all.shorterSide == 20 && !all.isGray)
    let split = try facts(folder.path) { $0.validationFraction = 0.2 }
    #expect(split.trainingCount + split.validationCount == 23 && split.validationCount > 0)
    #expect(split.isValidationSplitOff && !all.isValidationSplitOff)
    let others = try ImageFolder(classes: 2, countPerClass: 3)
    let given = try facts(folder.path) { $0.validation = others.path }
    #expect(given.validationCount == 6 && !given.isValidationSplitOff)
  }

  @Test(arguments: [Channels.gray, .rgb])
  func `Images are gray where none shows a colour, however they are stored`(stored: Channels) throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 4, channels: .gray)
    if stored == .rgb {
      for name in ["0.png", "1.jpg"] {
        let path = "\(folder.path)/class0/\(name)"
        let gray = ImageFolder.draw(
          label: 0, of: 2, number: name == "0.png" ? 0 : 1, side: 12, channels: .gray)
        let image = Image(
          width: 12, height: 12, channels: .rgb, pixels: gray.pixels.flatMap { [$0, $0, $0] })
        let bytes = name == "0.png" ? ImageEncoder.png(image) : try ImageEncoder.jpeg(image, quality: 95)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
      }
    }
    #expect(try facts(folder.path).isGray)
    // One image shows a colour, and one cannot be read.
    let colored = ImageFolder.draw(label: 0, of: 2, number: 0, side: 12, channels: .rgb)
    try Data(ImageEncoder.png(colored)).write(to: URL(fileURLWithPath: folder.path + "/class1/colour.png"))
    try Data("no image".utf8).write(to: URL(fileURLWithPath: folder.path + "/class1/bad.png"))
    let mixed = try facts(folder.path)
    #expect(!mixed.isGray && mixed.trainingCount + mixed.validationCount == 10)
  }

  @Test func `Nothing is known of images that cannot be read but their number`() throws {
    let folder = try ImageFolder(classes: 2, countPerClass: 1)
    for label in 0...1 {
      try Data().write(to: URL(fileURLWithPath: "\(folder.path)/class\(label)/0.png"))
    }
    let facts = try facts(folder.path)
    #expect(facts.trainingCount == 2 && !facts.isGray && facts.medianSize == DatasetFacts.unknown.medianSize)
  }

  @Test func `A pack has the facts of its folder, and packed pixels say what they were made for`() throws {
    let folder = try ImageFolder(classes: 3, countPerClass: 9, side: 40)
    let output = try TemporaryFolder()
    var configuration = TrainingConfiguration(data: folder.path)
    configuration.imageSize = ImageSize(width: 10, height: 12)
    configuration.augment = try AugmentationPolicy(parsing: "crop:0.5..1, flip:0.5")
    func packed(_ contents: DatasetPacker.Contents, _ name: String) throws -> DatasetFacts {
      var packer = DatasetPacker(configuration)
      packer.contents = contents
      _ = try packer.write(to: output.file(name))
      return try facts(output.file(name))
    }
    let plain = try facts(folder.path)
    #expect(plain.shorterSide == 40)
    #expect(try packed(.files, "files") == plain)
    var pixels = try packed(.pixels, "pixels")
    #expect(pixels.packedSettings["image-size"] == "10x12" && pixels.packedSettings["channels"] == "rgb")
    let chosen = TrainingConfiguration(data: "").chosen(for: pixels)
    #expect(chosen.imageSize == configuration.imageSize && chosen.augment == configuration.augment)
    #expect(chosen.$imageSize.reason == "as packed")
    pixels.packedSettings = [:]
    #expect(pixels == plain)
  }
}
