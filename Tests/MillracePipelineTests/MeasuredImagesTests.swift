import Testing

@testable import MillracePipeline

struct MeasuredImagesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theClassesThatAreThereAreMeasured() throws {
    try folder.files("c/1", "a/1", "a/2")
    try folder.folder("d")
    let images = try MeasuredImages(folder.path, classes: ["d", "c", "b", "a"])
    #expect(images.part == nil && images.missing == ["d", "b"])
    #expect(images.dataset.classes == ["d", "c", "b", "a"] && images.dataset.countPerClass == [0, 1, 0, 2])
    #expect(
      images.notices.count == 1 && images.notices[0].contains("no image of 'd', 'b'"), "\(images.notices)")
  }

  @Test func aClassThatTheModelLacksIsAnError() throws {
    try folder.files("a/1", "z/1")
    #expect(throws: DatasetError.classesDiffer(path: folder.path, missing: ["b"], unknown: ["z"])) {
      try MeasuredImages(folder.path, classes: ["a", "b"])
    }
  }

  @Test(arguments: [
    (["train", "val", "test"], "test"), (["Train", "Val"], "Val"), (["test"], "test"),
    (["train", "validation", "notes"], "validation"),
  ])
  func thePartToMeasureOnIsFound(parts: [String], taken: String) throws {
    for part in parts { try folder.files("\(part)/a/\(part)", "\(part)/b/\(part)") }
    let images = try MeasuredImages(folder.path, classes: ["a", "b"])
    #expect(images.part == taken && images.missing.isEmpty && images.dataset.count == 2)
    #expect(
      images.dataset.root == "\(folder.path)/\(taken)" && images.dataset.relativePath(of: 0) == "a/\(taken)")
    #expect(images.notices.count == 1 && images.notices[0].contains("measured on \(taken)/"))
  }

  @Test func aClassMayBeCalledTest() throws {
    try folder.files("test/1", "control/1")
    let images = try MeasuredImages(folder.path, classes: ["control", "test"])
    #expect(images.part == nil && images.dataset.countPerClass == [1, 1])
  }

  @Test func severalPartsAndNoneAreErrors() throws {
    try folder.files("test/a/1", "Testing/a/1")
    #expect(throws: DatasetError.severalFolders(path: folder.path, names: ["Testing", "test"])) {
      try MeasuredImages(folder.path, classes: ["a"])
    }
    let training = try TemporaryFolder()
    try training.files("train/a/1")
    #expect(throws: DatasetError.classesDiffer(path: training.path, missing: ["a"], unknown: ["train"])) {
      try MeasuredImages(training.path, classes: ["a"])
    }
    let empty = try TemporaryFolder()
    try empty.folder("a")
    #expect(throws: DatasetError.classesWithoutImages(path: empty.path, names: ["a"])) {
      try MeasuredImages(empty.path, classes: ["a"])
    }
  }
}
