import Foundation
import Testing

@testable import MillracePipeline

struct DatasetErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(_ expected: DatasetError, _ words: String...) {
    let text = expected.description
    #expect(!text.contains("\n"))
    for word in words { #expect(text.contains(word), "'\(text)' lacks '\(word)'") }
    #expect(throws: expected) { try DatasetTree.scan(folder.path) }
  }

  @Test func noSuchFolder() {
    let error = DatasetError.notFound(path: "no/such/folder")
    #expect(throws: error) { try DatasetTree.scan("no/such/folder") }
    #expect(error.description.contains("no/such/folder"))
  }

  @Test func aFileWhereAFolderIsExpected() throws {
    try folder.files("data.txt")
    let path = folder.path + "/data.txt"
    #expect(throws: DatasetError.notAFolder(path: path)) { try DatasetTree.scan(path) }
    #expect(DatasetError.notAFolder(path: path).description.contains("not a folder"))
  }

  @Test func aPipeWhereAFolderIsExpectedIsNotOpened() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o644) == 0)
    #expect(throws: DatasetError.notAFolder(path: path)) { try DatasetTree.scan(path) }
  }

  @Test func anEmptyFolder() throws {
    try folder.files(".hidden")
    check(.empty(path: folder.path), "empty", "one folder of images per class")
  }

  @Test func imagesDirectlyInside() throws {
    try folder.files("1.png", "2.png")
    check(.noClassFolders(path: folder.path, files: 2), "2 files", "/cat/")
  }

  @Test func onlyOneClass() throws {
    try folder.files("cat/1.png", "cat/2.png")
    check(.onlyOneClass(path: folder.path, name: "cat"), "'cat'", "at least two")
  }

  @Test func aClassFolderWithoutImages() throws {
    try folder.files("cat/1.png", "dog/1.png")
    try folder.folder("owl/empty/too")
    try folder.folder("yak")
    check(.classesWithoutImages(path: folder.path, names: ["owl", "yak"]), "'owl', 'yak'")
  }

  @Test func validationClassesThatDiffer() throws {
    try folder.files("train/cat/1", "train/dog/1", "val/dog/1", "val/owl/1")
    check(
      .classesDiffer(path: folder.path + "/val", missing: ["cat"], unknown: ["owl"]), "missing 'cat'",
      "unknown 'owl'", "/val")
  }

  @Test func aValidationFolderWithoutImages() throws {
    try folder.files("train/cat/1", "train/dog/1")
    try folder.folder("val/cat")
    check(.classesWithoutImages(path: folder.path + "/val", names: ["cat"]), "no images", "'cat'")
  }

  @Test func namesThatLookAlikeAreToldApart() throws {
    try folder.files("train/caf\u{E9}/1", "train/dog/1", "val/cafe\u{301}/1")
    check(
      .classesDiffer(path: folder.path + "/val", missing: ["caf\u{E9}", "dog"], unknown: ["cafe\u{301}"]),
      "missing 'caf\u{E9} (caf\\xc3\\xa9)', 'dog'", "unknown 'cafe\u{301} (cafe\\xcc\\x81)'")
  }

  @Test func settingsAreSpelledAsTheReaderKnowsThem() throws {
    try folder.files("cat/1", "dog/1", "test/cat/1", "test/dog/2")
    let error = DatasetError.doubtfulLayout(
      path: "pets", .partsAmongClasses(parts: ["test"], classes: ["cat", "dog"]))
    #expect(
      error.description.contains("set val to pets/test")
        && error.description.contains("set layout to classes"))
    let flags = error.message { "--\($0)" }
    #expect(flags.contains("set --val to pets/test") && flags.contains("set --layout to classes"))
    let others: [LayoutDoubt] = [
      .noTrainingFolder(parts: ["val"]), .severalTrainingFolders(["train", "Train"]),
      .unclear(training: "train", others: ["more"]), .sameFolders(names: ["a", "b"], inside: ["x", "y"]),
    ]
    for doubt in others {
      let text = DatasetError.doubtfulLayout(path: "pets", doubt).description
      #expect(
        text.hasPrefix("pets: ") && text.contains("set layout to classes") && !text.contains("\n"), "\(text)")
    }
  }

  @Test func twoValidationFolders() throws {
    try folder.files("train/a/1", "train/b/1", "val/a/1", "valid/a/1")
    check(.severalValidationFolders(path: folder.path, names: ["val", "valid"]), "'val', 'valid'")
  }

  @Test func aTrainFolderWithoutClasses() throws {
    try folder.files("train/1.png", "val/a/1.png")
    check(.noClassFolders(path: folder.path + "/train", files: 1), "one file")
  }

  @Test func manyNamesAreCutShort() {
    let names = (0..<10_000).map { "class\($0)" }
    let text = DatasetError.classesDiffer(path: "x", missing: names, unknown: []).description
    #expect(text.contains("and 9990 more"))
    #expect(text.count < 500)
  }

  @Test func namesCannotBreakTheLine() throws {
    try folder.files("a\nb/1")
    check(.onlyOneClass(path: folder.path, name: "a\\x0ab"))
  }
}
