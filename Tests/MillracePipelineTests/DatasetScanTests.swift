import Foundation
import Testing

@testable import MillracePipeline

struct DatasetScanTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func paths(_ dataset: Dataset) -> [String] {
    (0..<dataset.count).map(dataset.relativePath)
  }

  @Test func classesAndFilesComeInNaturalOrder() throws {
    try folder.files("c10/b", "c2/2.png", "c2/10.png", "c2/1.png", "c1/x")
    let dataset = try Dataset.scan(folder.path)
    #expect(dataset.classes == ["c1", "c2", "c10"])
    #expect(paths(dataset) == ["c1/x", "c2/1.png", "c2/2.png", "c2/10.png", "c10/b"])
    #expect((0..<dataset.count).map(dataset.label) == [0, 1, 1, 1, 2])
    #expect(dataset.countPerClass == [1, 3, 1])
    #expect(dataset.path(of: 0) == folder.path + "/c1/x")
  }

  @Test func foldersBelowAClassBelongToIt() throws {
    try folder.files("a/2", "a/1/z", "a/1/deep/er/y", "a/3/x", "b/1")
    let dataset = try Dataset.scan(folder.path)
    #expect(paths(dataset) == ["a/1/deep/er/y", "a/1/z", "a/2", "a/3/x", "b/1"])
    #expect(dataset.countPerClass == [4, 1])
  }

  @Test func hiddenAndStrayNamesAreLeftOut() throws {
    try folder.files("a/1", "a/.DS_Store", "a/.cache/2", "b/1", ".git/config", "README.md")
    #expect(paths(try Dataset.scan(folder.path)) == ["a/1", "b/1"])
  }

  @Test func anExtensionDecidesNothing() throws {
    try folder.files("a/1", "a/2.txt", "a/3.JPG", "b/labels.csv")
    try folder.folder("b/x.jpg")
    try folder.files("b/x.jpg/inside")
    #expect(
      paths(try Dataset.scan(folder.path)) == ["a/1", "a/2.txt", "a/3.JPG", "b/labels.csv", "b/x.jpg/inside"])
  }

  @Test func pipesAndDevicesAreNeverSamples() throws {
    try folder.files("a/1", "b/1")
    #expect(mkfifo(folder.path + "/a/pipe", 0o644) == 0)
    try folder.link("a/device", to: "/dev/zero")
    try folder.link("b/pipe", to: "../a/pipe")
    #expect(paths(try Dataset.scan(folder.path)) == ["a/1", "b/1"])
  }

  @Test func linksAreFollowedAndLoopsEnd() throws {
    try folder.files("a/1", "a/sub/2", "elsewhere/3")
    try folder.folder("tree")
    try folder.link("tree/a", to: "../a")
    try folder.link("tree/b", to: "../elsewhere")
    try folder.link("a/loop", to: "..")
    try folder.link("a/self", to: ".")
    try folder.link("a/sub/up", to: "../../a")
    try folder.link("elsewhere/file", to: "../a/1")
    let dataset = try Dataset.scan(folder.path + "/tree")
    #expect(dataset.classes == ["a", "b"])
    #expect(paths(dataset) == ["a/1", "a/sub/2", "b/3"])
    #expect(
      dataset.notices.count == 1 && dataset.notices[0].contains("tree/a/loop/a and 5 more"),
      "\(dataset.notices)")
  }

  @Test func aLinkToTheFolderAboveTakesNoOtherClass() throws {
    try folder.files("a/1", "b/1", "b/2", "c/deep/3")
    try folder.link("a/loop", to: "..")
    let dataset = try Dataset.scan(folder.path)
    #expect(paths(dataset) == ["a/1", "b/1", "b/2", "c/deep/3"])
    #expect(dataset.notices.count == 1 && dataset.notices[0].hasPrefix("\(folder.path)/a/loop: "))
    #expect(try Dataset.scan(folder.path).fingerprint == dataset.fingerprint)
  }

  @Test func aFileThatLinksReachTwiceCountsOnceInTheClassThatHoldsIt() throws {
    let store = try TemporaryFolder()
    try store.files("1", "2", "3")
    try folder.files("b/0", "b/sub/9")
    // The file is reached before the class that holds it, by two links in a row, and twice from elsewhere.
    try folder.folder("a")
    try folder.link("a/held", to: "../b/0")
    try folder.link("a/chain", to: "held")
    try folder.link("a/first", to: store.path + "/1")
    try folder.link("a/second", to: store.path + "/./1")
    try folder.link("a/other", to: store.path + "/2")
    try folder.link("b/again", to: store.path + "/2")
    try folder.link("b/third", to: store.path + "/3")
    let dataset = try Dataset.scan(folder.path)
    #expect(paths(dataset) == ["a/first", "a/other", "b/0", "b/sub/9", "b/third"])
    #expect(
      dataset.notices.count == 1 && dataset.notices[0].contains("a/chain and 3 more"), "\(dataset.notices)")
    // A folder that two classes link to belongs to the first one.
    try folder.link("a/z", to: store.path)
    try folder.link("b/z", to: store.path)
    #expect(
      paths(try Dataset.scan(folder.path)).filter { $0.contains("/z/") } == ["a/z/1", "a/z/2", "a/z/3"])
  }

  @Test func aViewMadeOfLinksIsWhole() throws {
    let store = try TemporaryFolder()
    try store.files("x/1", "x/2", "y/1")
    try folder.link("a", to: store.path + "/x")
    try folder.folder("b")
    try folder.link("b/1", to: store.path + "/y/1")
    let dataset = try Dataset.scan(folder.path)
    #expect(paths(dataset) == ["a/1", "a/2", "b/1"] && dataset.notices.isEmpty)
  }

  @Test func aClassFolderThatIsAnotherOneIsAnError() throws {
    try folder.files("a/1", "a/sub/2", "b/1")
    for (target, other) in [("b", "/b"), ("a/sub", "/a/sub"), (".", "")] {
      try folder.link("c", to: target)
      #expect(
        throws: DatasetError.repeatedClassFolder(path: folder.path + "/c", other: folder.path + other)
      ) { try Dataset.scan(folder.path) }
      try FileManager.default.removeItem(atPath: folder.path + "/c")
    }
  }

  @Test func whatSystemsLeaveBehindIsNoSample() throws {
    try folder.files(
      "a/1", "a/Thumbs.db", "a/thumbs.db", "a/ehthumbs.db", "a/Desktop.ini", "a/@eaDir/1.jpg/SMALL.jpg",
      "a/@EADIR/x", "b/#recycle/2.jpg", "b/2", "$RECYCLE.BIN/3", "__MACOSX/a/1", "lost+found/4", "@eaDir/5",
      "System Volume Information/6")
    // Names that only begin like these are ordinary names.
    try folder.files("b/Thumbs.db.png", "b/desktop.in", "b/@eaDirs/1", "b/recycle/2")
    let dataset = try Dataset.scan(folder.path)
    #expect(
      paths(dataset) == ["a/1", "b/2", "b/@eaDirs/1", "b/Thumbs.db.png", "b/desktop.in", "b/recycle/2"])
    #expect(try Dataset.unlabelled([folder.path + "/a"]).count == 1)
  }

  @Test func whatLiesInADataSetIsKnownByAnyPath() throws {
    let (store, elsewhere) = (try TemporaryFolder(), try TemporaryFolder())
    try store.files("x/1", "x/deep/2", "y/3")
    try folder.files("a/1")
    try folder.link("b", to: store.path + "/x")
    try folder.link("a/more", to: store.path + "/y")
    let dataset = try Dataset.scan(folder.path)
    for inside in [
      folder.path, folder.path + "/a/new/page.html", store.path + "/x/p", store.path + "/x/deep/none/p",
      store.path + "/y/p",
    ] { #expect(dataset.holds(inside), "\(inside)") }
    for outside in [store.path, store.path + "/p", elsewhere.path + "/p", "/nothing/at/all", "/"] {
      #expect(!dataset.holds(outside), "\(outside)")
    }
  }

  @Test func aLinkThatLeadsNowhereIsASample() throws {
    try folder.files("a/1", "b/1")
    try folder.link("a/gone", to: "nowhere")
    #expect(paths(try Dataset.scan(folder.path)) == ["a/1", "a/gone", "b/1"])
  }

  @Test func namesAreRawBytes() throws {
    try folder.files("a/1", "b/1")
    folder.rawFile(Array("a/".utf8) + [0xFF, 0x0A])
    let dataset = try Dataset.scan(folder.path)
    #expect(paths(dataset) == ["a/1", "a/\\xff\\x0a", "b/1"])
    #expect(dataset.rawRelativePath(of: 1) == Array("a/".utf8) + [0xFF, 0x0A])
  }

  @Test func tenThousandClassesAndOneWithASingleImage() throws {
    let count = 10_000
    for label in 0..<count {
      let name = "\(folder.path)/class\(label)"
      #expect(mkdir(name, 0o755) == 0)
      close(open(name + "/0", O_WRONLY | O_CREAT, 0o644))
      if label != 7 { close(open(name + "/1", O_WRONLY | O_CREAT, 0o644)) }
    }
    let dataset = try Dataset.scan(folder.path)
    #expect(dataset.classes.count == count && dataset.count == 2 * count - 1)
    #expect(dataset.classes[2] == "class2" && dataset.classes[9_999] == "class9999")
    #expect(dataset.countPerClass[7] == 1 && dataset.label(of: dataset.count - 1) == 9_999)
    // The one image of a class is trained on.
    let parts = StratifiedSplit(fraction: 0.1, seed: 1)(dataset)
    #expect(parts.training.countPerClass.allSatisfy { $0 == 1 })
    #expect(parts.validation.countPerClass[7] == 0 && parts.validation.count == count - 1)
  }

  @Test func linksThatLeadInACircleEnd() throws {
    try folder.files("a/1", "b/1")
    try folder.link("a/x", to: "y")
    try folder.link("a/y", to: "x")
    try folder.link("a/round", to: "../b")
    try folder.link("b/round", to: "../a")
    // A link that only leads round in a circle is reported when it is read.
    #expect(
      paths(try Dataset.scan(folder.path)) == [
        "a/1", "a/x", "a/y", "b/1",
      ])
  }

  @Test func socketsAreNeverSamples() throws {
    try folder.files("a/1", "b/1")
    let path = "/tmp/millrace-\(getpid()).socket"
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(descriptor)
      unlink(path)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(status == 0)
    try folder.link("a/socket", to: path)
    #expect(paths(try Dataset.scan(folder.path)) == ["a/1", "b/1"])
  }

  @Test func aTrailingSlashChangesNothing() throws {
    try folder.files("a/1", "b/1")
    let plain = try Dataset.scan(folder.path)
    let slashed = try Dataset.scan(folder.path + "/")
    #expect(slashed.fingerprint == plain.fingerprint)
    #expect(slashed.path(of: 0) == plain.path(of: 0))
  }

  @Test func unlabelledFilesAndFolders() throws {
    try folder.files("x/2", "x/1", "x/.hidden", "x/deep/3", "single.png")
    let dataset = try Dataset.unlabelled([folder.path + "/single.png", folder.path + "/x"])
    let expected = ["single.png", "x/1", "x/2", "x/deep/3"].map { folder.path + "/" + $0 }
    #expect((0..<dataset.count).map(dataset.path) == expected)
    #expect(dataset.label(of: 0) == -1)
    #expect(dataset.classes.isEmpty)
    #expect(throws: DatasetError.notFound(path: "no/such")) { try Dataset.unlabelled(["no/such"]) }
  }

  @Test func namesTakeFewBytes() throws {
    for label in 0..<2 {
      for number in 0..<500 { try folder.files("class\(label)/image-\(number)-of-500.png") }
    }
    let storage = try Dataset.scan(folder.path).storage.value
    let bytes =
      storage.names.capacity + storage.nameStarts.capacity * MemoryLayout<Int>.stride
      + storage.directoryOfFile.capacity * MemoryLayout<UInt32>.stride
    #expect(bytes <= 50 * storage.fileCount)
  }
}
