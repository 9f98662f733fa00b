import Foundation
import MillraceImages
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct DatasetCheckTests {
  private let folder: TemporaryFolder

  /// Six sound images of two classes, four to train on and two to validate on.
  init() throws {
    folder = try TemporaryFolder()
    for (number, place) in ["train/cat", "train/dog", "val/cat", "val/dog"].enumerated() {
      try FileManager.default.createDirectory(atPath: folder.file(place), withIntermediateDirectories: true)
      try put(ImageEncoder.png(Pattern.image(number)), "\(place)/sound.png")
    }
    for place in ["train/cat", "train/dog"] {
      try put(ImageEncoder.jpeg(Pattern.image(place.utf8.reduce(10) { $0 + Int($1) })), "\(place)/sound.jpg")
    }
  }

  private func put(_ bytes: [UInt8], _ name: String) throws { _ = try folder.put(bytes, at: name) }

  private func check(_ settings: [String: String] = [:], loaders: Int = 2) throws -> DatasetReport {
    var configuration = TrainingConfiguration(data: folder.path)
    for (key, text) in settings { try configuration.set(key, to: text) }
    configuration.execution.loaders = loaders
    var check = DatasetCheck(configuration)
    // The patterns have no edges.
    check.quality.blurred = 0
    return try check.run()
  }

  private func names(_ report: DatasetReport, _ finding: DatasetReport.Finding) -> [String] {
    (report.findings[finding] ?? []).map { String($0.path.dropFirst(folder.path.count + 1)) }
  }

  private func names(_ group: DatasetReport.DuplicateGroup) -> [String] {
    group.members.map { String($0.path.dropFirst(folder.path.count + 1)) }
  }

  @Test func `Sound images are counted, and nothing else is said`() throws {
    let report = try check()
    #expect(report.classes.map(\.name) == ["cat", "dog"])
    #expect(report.classes.map(\.training) == [2, 2] && report.classes.map(\.validation) == [1, 1])
    #expect(report.findings.isEmpty && report.duplicates.isEmpty && report.problems.isEmpty)
  }

  @Test func `Folders that cannot be used are problems, and the rest is looked at`() throws {
    let files = FileManager.default
    for place in ["train/owl", "train/ant", "val/emu"] {
      try files.createDirectory(atPath: folder.file(place), withIntermediateDirectories: true)
    }
    try put(ImageEncoder.png(Pattern.image(60)), "val/emu/other.png")
    try files.createSymbolicLink(
      atPath: folder.file("train/twin"), withDestinationPath: folder.file("train/cat"))
    try put(Array("no image".utf8), "train/dog/notes.txt")

    let report = try check()
    let counts = Dictionary(uniqueKeysWithValues: report.classes.map { ($0.name, $0.training) })
    #expect(counts == ["ant": 0, "cat": 2, "dog": 2, "owl": 0, "twin": 0])
    #expect(report.validationCount == 2)
    #expect(names(report, .unreadable) == ["train/dog/notes.txt"])
    let problems = report.problems.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
    #expect(
      problems == [
        "train/twin: is the same folder as train/cat, and its files count once; remove the link",
        "val: the class folders are not the expected ones: missing 'ant', 'owl', 'twin'; unknown 'emu'; add, remove or "
          + "rename folders until the classes are the same",
        "no usable training image in 'ant', 'owl', 'twin'; add images or remove the class",
      ])
    // A training on these folders names the first.
    let error = #expect(throws: DatasetError.self) {
      try TrainingData(TrainingConfiguration(data: folder.path))
    }
    guard case .repeatedClassFolder = error else { throw try #require(error) }
  }

  @Test func `Every fault is found, with any number of threads`() throws {
    for kind in CorruptFile.allCases {
      try kind.put(at: folder.file("train/cat/\(kind)"), madeOf: Pattern.image(50))
    }
    try put(Pattern.codecFixture("cmyk.jpg"), "train/cat/inks.jpg")
    try put(Pattern.codecFixture("rgb-16.png"), "train/cat/deep.png")
    try put(Pattern.codecFixture("rgba-8.png"), "train/dog/clear.png")
    try put(Pattern.codecFixture("exif-6.jpg"), "val/dog/turned.jpg")
    try put(ImageEncoder.jpeg(Pattern.image(51)), "val/dog/jpeg.PNG")
    try put(ImageEncoder.png(Pattern.image(52, width: 15, height: 40)), "val/cat/small.png")
    try put(CorruptFile.warningOnly(Pattern.image(53)), "train/dog/junk.jpg")

    let first = try check()
    #expect(
      names(first, .truncated).map { $0.split(separator: "/").last } == [
        "cutJPEG", "cutPNG", "missingEntropyData",
      ])
    #expect(names(first, .unreadable).count == 7)
    #expect(names(first, .huge) == ["train/cat/hugeJPEG"])
    #expect(names(first, .cmyk) == ["train/cat/inks.jpg"])
    #expect(names(first, .sixteenBit) == ["train/cat/deep.png"])
    #expect(names(first, .transparent) == ["train/dog/clear.png"])
    #expect(names(first, .turned) == ["val/dog/turned.jpg"])
    #expect(names(first, .misnamed) == ["val/dog/jpeg.PNG"])
    #expect(names(first, .tiny) == ["val/cat/small.png"])
    #expect(names(first, .decodedWithWarnings) == ["train/dog/junk.jpg"])
    #expect(first.unusableCount == 10 && first.trainingCount == 8 && first.validationCount == 5)
    #expect(first.problems.isEmpty)
    for loaders in [1, 5] {
      let other = try check(loaders: loaders)
      #expect(other.findings == first.findings && other.duplicates == first.duplicates)
    }
    #expect(try names(check(["allow-truncated": "true"]), .cutShort).count == 3)
    for (setting, text) in [("max-bad", "9"), ("max-bad", "5%"), ("on-bad-file", "fail")] {
      let problem = try #require(try check([setting: text]).problems.first)
      #expect(problem.contains("10 of 23") && problem.contains(setting))
    }
  }

  @Test func `What leaks without groups is counted, and with them none does`() throws {
    let images = try ImageFolder(counts: [20, 20])
    // Each image exists three times.
    for label in 0..<2 {
      for number in 0..<20 where number % 2 == 0 {
        for copy in 0..<2 {
          try FileManager.default.copyItem(
            atPath: "\(images.path)/class\(label)/\(number).png",
            toPath: "\(images.path)/class\(label)/\(number)-\(copy).png")
        }
      }
    }
    func leakage(_ settings: [String: String]) throws -> DatasetReport.Leakage {
      var configuration = TrainingConfiguration(data: images.path)
      for (key, text) in settings { try configuration.set(key, to: text) }
      return try #require(try DatasetCheck(configuration).run().leakage)
    }
    let without = try leakage(["val-fraction": "0.25"])
    #expect(without.judged == 20 && without.leaking > 3 && without.isDrawn && !without.isPrevented)
    let with = try leakage(["val-fraction": "0.25", "group-by": "look-alikes"])
    #expect(with.leaking == without.leaking && with.groups == without.groups && with.isPrevented)
    let named = try leakage(["val-fraction": "0.25", "group-by": "class[0-9]/[0-9]+"])
    #expect(named.groups == 20 && named.isPrevented && named.grouping == .pattern("class[0-9]/[0-9]+"))
    let folds = try leakage(["folds": "4"])
    #expect(folds.judged == 80 && folds.leaking > 20)

    // Images on both sides of existing folders are counted, but cannot be prevented.
    try put(folder.bytes(of: "train/cat/sound.png"), "val/cat/again.png")
    let split = try #require(try check().leakage)
    #expect(split.judged == 3 && split.leaking == 1 && !split.isDrawn && !split.isPrevented)
    let notices = try check(["group-by": "([a-z]+)\\.png"]).notices.map {
      $0.replacingOccurrences(of: folder.path + "/", with: "")
    }
    #expect(
      notices.last
        == "group-by: 2 of the 3 images of val belong to groups that are trained on, too, so the figures are too "
        + "good; take those out of one of them", "\(notices)")
  }

  @Test func `Pictures that are blurred, dark, bright, blank or of an odd shape are found, by thresholds`()
    throws
  {
    func picture(_ width: Int, _ height: Int, _ level: (Int, Int) -> Int) -> [UInt8] {
      var pixels: [UInt8] = []
      for y in 0..<height { for x in 0..<width { pixels.append(UInt8(level(x, y))) } }
      return ImageEncoder.png(Image(width: width, height: height, channels: .gray, pixels: pixels))
    }
    try put(picture(40, 40) { x, y in 20 + (x * 7 + y * 5) % 40 }, "train/cat/dark.png")
    try put(picture(40, 40) { x, y in 200 + (x * 7 + y * 5) % 50 }, "train/cat/bright.png")
    try put(picture(40, 40) { x, _ in 120 + x % 2 }, "train/dog/blank.png")
    try put(picture(64, 64) { x, y in 2 * x + y }, "train/dog/blurred.png")
    try put(picture(200, 40) { x, y in (x * 37 + y * 91) % 256 }, "train/dog/wide.png")
    try put(picture(40, 40) { x, y in (x * 37 + y * 91) % 256 }, "train/dog/fine.png")
    func found(_ change: (inout QualityThresholds) -> Void = { _ in }) throws -> [DatasetReport.Finding:
      [String]]
    {
      var check = DatasetCheck(TrainingConfiguration(data: folder.path))
      change(&check.quality)
      let report = try check.run()
      let suspect: [DatasetReport.Finding] = [.blurred, .dark, .bright, .blank, .oddRatio]
      let named = suspect.map { finding in
        (
          finding,
          names(report, finding).filter { !$0.contains("sound") }.map { String($0.split(separator: "/")[2]) }
        )
      }
      return Dictionary(uniqueKeysWithValues: named.filter { !$0.1.isEmpty })
    }
    #expect(
      try found() == [
        .blurred: ["blurred.png"], .dark: ["dark.png"], .bright: ["bright.png"], .blank: ["blank.png"],
        .oddRatio: ["wide.png"],
      ])
    #expect(
      try found {
        ($0.blurred, $0.dark, $0.bright, $0.blank, $0.oddRatio) = (0, 0, 1, 0, 6)
      } == [:])
    var wrong = DatasetCheck(TrainingConfiguration(data: folder.path))
    wrong.quality.oddRatio = 0.5
    let error = #expect(throws: ConfigurationError.self) { try wrong.run() }
    #expect(error?.description == "odd-ratio: must be at least 1, got 0.5")
  }

  @Test func `The pictures that a page shows are kept where that is asked for`() throws {
    try put(folder.bytes(of: "train/cat/sound.png"), "train/dog/copy.png")
    var check = DatasetCheck(TrainingConfiguration(data: folder.path))
    check.quality.blurred = 0
    #expect(try check.run().pictures.isEmpty)
    check.keepsPictures = true
    let pictures = try check.run().pictures
    #expect(Set(pictures.keys) == Set(["train/cat/sound.png", "train/dog/copy.png"].map(folder.file)))
    #expect(pictures.values.allSatisfy { max($0.width, $0.height) <= Image.thumbnailSide })
  }

  @Test func `Equal files and look-alikes are found, with the labels and splits they cross`() throws {
    let sound = try folder.bytes(of: "train/cat/sound.png")
    try put(sound, "train/cat/copy.png")
    try put(sound, "train/dog/copy.png")
    try put(try folder.bytes(of: "train/dog/sound.jpg"), "val/dog/again.jpg")
    try put(ImageEncoder.jpeg(Pattern.image(1, width: 150, height: 100), quality: 60), "val/cat/smaller.jpg")
    let report = try check()
    #expect(
      report.duplicates.map(names) == [
        ["train/cat/copy.png", "train/cat/sound.png", "train/dog/copy.png"],
        ["train/dog/sound.jpg", "val/dog/again.jpg"],
        ["train/dog/sound.png", "val/cat/smaller.jpg"],
      ])
    #expect(report.duplicates.map(\.isExact) == [true, true, false])
    #expect(report.duplicates.map(\.crossesClasses) == [true, false, true])
    #expect(report.duplicates.map(\.crossesSplits) == [false, true, true])
    #expect(report.problems.isEmpty)
  }

  @Test func `A class without a usable image is told`() throws {
    for name in ["sound.png", "sound.jpg"] { try put([], "train/dog/\(name)") }
    let report = try check()
    #expect(report.problems.count == 1 && report.problems[0].contains("'dog'"))
    #expect(throws: UnusableDataset.self) { try report.requireTrainable() }
  }

  @Test func `Without a validation folder the run's own split is checked`() throws {
    try FileManager.default.removeItem(atPath: folder.file("val"))
    for number in 0..<18 { try put(ImageEncoder.png(Pattern.image(60 + number)), "train/cat/\(number).png") }
    let report = try check()
    #expect(report.classes.map(\.validation) == [2, 1])
    #expect(try check(["val-fraction": "0"]).validationCount == 0)
  }
}
