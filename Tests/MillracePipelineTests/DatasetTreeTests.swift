import Testing

@testable import MillracePipeline

struct DatasetTreeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aFolderPerClassHasNoValidation() throws {
    try folder.files("a/1", "b/1")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.classes == ["a", "b"])
    #expect(tree.validation == nil)
  }

  @Test(arguments: ["val", "validation", "valid"])
  func trainAndValidationFolders(name: String) throws {
    try folder.files("train/a/1", "train/b/1", "train/b/2", "\(name)/b/3", "\(name)/a/4", "notes/x.txt")
    // Test folders are never looked at: this one would be an error.
    try folder.files("test/a")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.count == 3)
    let validation = try #require(tree.validation)
    #expect(validation.classes == ["a", "b"])
    #expect((0..<validation.count).map(validation.relativePath) == ["a/4", "b/3"])
    #expect(tree.ignoredFolders == ["notes"])
  }

  @Test func imagesThatLieBesideTheClassFoldersAreCounted() throws {
    try folder.files("a/1.png", "b/1", "10.png", "9.jpeg", "labels.csv", ".hidden.png")
    let loose = try #require(try DatasetTree.scan(folder.path).looseImages.first)
    #expect(loose.count == 2 && loose.first == "9.jpeg" && loose.folder == folder.path)

    let split = try TemporaryFolder()
    try split.files(
      "train/a/1", "train/b/1", "val/a/1", "val/b/1", "val/x.PNG", "train/labels.csv", "test/y.png")
    #expect(try DatasetTree.scan(split.path).looseImages.map(\.folder) == ["\(split.path)/val"])
  }

  @Test func trainAloneOrWithTest() throws {
    try folder.files("train/a/1", "train/b/1")
    #expect(try DatasetTree.scan(folder.path).training.classes == ["a", "b"])
    try folder.files("test/a/1")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.classes == ["a", "b"])
    #expect(tree.validation == nil)
  }

  @Test func trainMayBeAClass() throws {
    try folder.files("bus/1", "car/1", "train/1")
    #expect(try DatasetTree.scan(folder.path).training.classes == ["bus", "car", "train"])
  }
}
