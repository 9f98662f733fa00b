import Testing

@testable import MillracePipeline

struct DatasetTreeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func doubt(_ path: String? = nil) throws -> LayoutDoubt? {
    let error = #expect(throws: DatasetError.self) { try DatasetTree.scan(path ?? folder.path) }
    guard let error, case .doubtfulLayout(_, let doubt) = error else { return nil }
    return doubt
  }

  @Test func aFolderPerClassHasNoValidation() throws {
    try folder.files("a/1", "b/1")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.classes == ["a", "b"])
    #expect(tree.validation == nil && tree.notices.isEmpty)
  }

  @Test(arguments: ["val", "validation", "valid"])
  func trainAndValidationFolders(name: String) throws {
    try folder.files("train/a/1", "train/b/1", "train/b/2", "\(name)/b/3", "\(name)/a/4", "notes/x.txt")
    // Test folders are never opened: this one would be an error.
    try folder.files("test/a")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.count == 3)
    let validation = try #require(tree.validation)
    #expect(validation.classes == ["a", "b"] && tree.validationFolder == name)
    #expect((0..<validation.count).map(validation.relativePath) == ["a/4", "b/3"])
    #expect(tree.notices.count == 1 && tree.notices[0].hasPrefix("\(folder.path)/notes: not looked at"))
  }

  @Test func imagesThatLieBesideTheClassFoldersAreCounted() throws {
    try folder.files("a/1.png", "b/1", "10.png", "9.jpeg", "labels.csv", ".hidden.png")
    let notices = try DatasetTree.scan(folder.path).notices
    #expect(
      notices.count == 1 && notices[0].contains("2 images lie beside the class folders (such as 9.jpeg)"))

    let split = try TemporaryFolder()
    try split.files(
      "train/a/1", "train/b/1", "val/a/1", "val/b/1", "val/x.PNG", "train/labels.csv", "test/y.png")
    let loose = try DatasetTree.scan(split.path).notices
    #expect(loose.count == 1 && loose[0].hasPrefix("\(split.path)/val: an image lies"))
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
    try folder.files("bus/1.png", "car/1.png", "train/1.png", "train/steam/2.png", "train/diesel/3.png")
    #expect(try DatasetTree.scan(folder.path).training.classes == ["bus", "car", "train"])
  }

  // MARK: Names of the parts

  @Test(arguments: [
    ("Training", "Testing", nil), ("Train", "Val", "Val"), ("TRAIN", "TEST", nil),
    ("seg_train", "seg_test", nil), ("train", "dev", "dev"), ("train_set", "val_set", "val_set"),
    ("trainset", "validationset", "validationset"), ("train2017", "val2017", "val2017"),
    ("train", "test1", nil), ("train-images", "Valid Images", "Valid Images"),
  ])
  func theUsualNamesInAnyCase(training: String, other: String, validation: String?) throws {
    try folder.files("\(training)/cat/1", "\(training)/dog/1", "\(other)/cat/2", "\(other)/dog/2")
    let tree = try DatasetTree.scan(folder.path)
    #expect(tree.training.classes == ["cat", "dog"] && tree.training.count == 2)
    #expect(tree.validationFolder == validation && tree.validation?.count == validation.map { _ in 2 })
    // A notice mentions what is not obvious.
    #expect(tree.notices.count == 1 && tree.notices[0].contains("\(training)/ is trained on"))
    #expect(
      tree.notices[0].contains(
        validation == nil ? "\(other)/ is for tests alone" : "\(other)/ is validated on"))
  }

  @Test(arguments: ["vaildation", "eval", "holdout", "more"])
  func whatLiesBesideWhatIsTrainedOnIsAsked(other: String) throws {
    try folder.files("train/cat/1", "train/dog/1", "\(other)/cat/2", "\(other)/dog/2")
    #expect(try doubt() == .unclear(training: "train", others: [other]))
    let named = try DatasetTree.scan(folder.path, validation: "\(folder.path)/\(other)")
    #expect(named.training.classes == ["cat", "dog"] && named.validation?.count == 2)
    let classes = try DatasetTree.scan(folder.path, layout: .classes).training.classes
    #expect(classes == [other, "train"].sorted())
  }

  @Test(arguments: ["test", "Val", "eval"]) func aPartAmongClassesIsAsked(part: String) throws {
    try folder.files("cat/1", "dog/1", "\(part)/cat/1", "\(part)/dog/2")
    #expect(try doubt() == .partsAmongClasses(parts: [part], classes: ["cat", "dog"]))
    #expect(try DatasetTree.scan(folder.path, layout: .classes).training.classes.count == 3)
    // When it is named as the validation folder, it is not a class.
    let named = try DatasetTree.scan(folder.path, validation: "\(folder.path)/\(part)/")
    #expect(named.training.classes == ["cat", "dog"] && named.validation?.count == 2)
  }

  @Test func aFolderThatIsValidatedOnIsNoClassWhateverItsName() throws {
    try folder.files("cat/1", "dog/1", "mine/cat/1")
    try folder.link("shortcut", to: "mine")
    let tree = try DatasetTree.scan(folder.path + "/", validation: "\(folder.path)/mine")
    // The link to it is not a class either.
    #expect(tree.training.classes == ["cat", "dog"] && tree.validation?.countPerClass == [1, 0])
  }

  @Test func classFoldersThatHoldTheSameFoldersAreAsked() throws {
    try folder.files("siteA/cat/1", "siteA/dog/1", "siteB/cat/2", "siteB/dog/2")
    #expect(try doubt() == .sameFolders(names: ["siteA", "siteB"], inside: ["cat", "dog"]))
    #expect(try DatasetTree.scan(folder.path, layout: .classes).training.countPerClass == [2, 2])
    // One folder in each class, and folders beside images, are not parts.
    let plain = try TemporaryFolder()
    try plain.files("a/images/1.png", "b/images/1.png")
    #expect(try DatasetTree.scan(plain.path).training.classes == ["a", "b"])
    let views = try TemporaryFolder()
    try views.files("a/x/1", "a/y/1", "a/1.png", "b/x/1", "b/y/1")
    #expect(try DatasetTree.scan(views.path).training.classes == ["a", "b"])
  }

  @Test func severalFoldersToTrainOnOrNoneAreAsked() throws {
    try folder.files("train/a/1", "train/b/1", "Training/a/1", "Training/b/1")
    #expect(try doubt() == .severalTrainingFolders(["Training", "train"]))
    let parts = try TemporaryFolder()
    try parts.files("val/a/1", "test/a/1")
    #expect(try doubt(parts.path) == .noTrainingFolder(parts: ["val", "test"]))
    let mixed = try TemporaryFolder()
    try mixed.files("bus/1.png", "train/1.png", "test/1.png")
    #expect(try doubt(mixed.path) == .partsAmongClasses(parts: ["train", "test"], classes: ["bus"]))
  }

  @Test(arguments: [
    "test_tube", "crash test", "trainer", "validity", "devil", "testimony", "set", "data", "image1",
    "eval-kit 2",
  ])
  func otherNamesAreNoParts(name: String) {
    #expect(FolderRole(name: name) == nil)
  }

  // MARK: Validation

  @Test func whatIsTrainedOnCannotBeValidatedOn() throws {
    try folder.files("a/1", "a/deep/2", "b/1")
    let elsewhere = try TemporaryFolder()
    try elsewhere.link("again", to: folder.path)
    for path in [folder.path, folder.path + "/.", elsewhere.path + "/again"] {
      #expect(throws: DatasetError.validatesOnTraining(path: path, training: folder.path)) {
        try DatasetTree.scan(folder.path, validation: path)
      }
    }
    // Neither can a part of it, nor a folder that holds it.
    #expect(throws: DatasetError.self) { try DatasetTree.scan(folder.path, validation: folder.path + "/a") }
    let split = try TemporaryFolder()
    try split.files("train/a/1", "train/b/1")
    try split.link("val", to: "train")
    #expect(throws: DatasetError.self) { try DatasetTree.scan(split.path) }
  }

  @Test func aValidationFolderMayLackClasses() throws {
    try folder.files("train/a/1", "train/b/1", "train/c/1", "val/c/1")
    try folder.folder("val/b")
    let validation = try #require(try DatasetTree.scan(folder.path).validation)
    #expect(validation.classes == ["a", "b", "c"] && validation.countPerClass == [0, 0, 1])
  }

  @Test func aGivenValidationFolderWinsOverTheOwn() throws {
    try folder.files("train/a/1", "train/b/1", "val/a/1", "valid/b/1")
    let tree = try DatasetTree.scan(folder.path, validation: folder.path + "/valid")
    #expect(tree.validation?.countPerClass == [0, 1] && tree.validationFolder == nil)
    #expect(tree.notices == ["\(folder.path)/val: not looked at; only train/ and its validation folder are"])
  }
}
