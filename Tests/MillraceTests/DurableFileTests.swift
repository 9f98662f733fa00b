import Foundation
import Testing
import _MillraceTestSupport

@testable import MillraceModels

struct DurableFileTests {
  @Test func aCommittedFileHoldsItsBytesAndNothingElseIsLeft() throws {
    let folder = try TemporaryFolder()
    var file = try DurableFile(replacing: folder.file("model"))
    try file.write([UInt8](1...3))
    try file.write([Int32](arrayLiteral: 4))
    #expect(
      try folder.names().allSatisfy { $0.hasPrefix(".model.tmp-") }, "the name must not exist before commit")
    try file.commit()
    #expect(try folder.names() == ["model"])
    #expect(try folder.bytes(of: "model") == [1, 2, 3, 4, 0, 0, 0])
  }

  @Test func anExistingFileIsReplaced() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put([9, 9, 9], at: "model")
    try DurableFile.write("new", to: path)
    #expect(try folder.bytes(of: "model") == Array("new".utf8))
  }

  @Test func anAbandonedFileLeavesTheOldOneAndNoTemporary() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put([9], at: "model")
    do {
      var file = try DurableFile(replacing: path)
      try file.write([UInt8](repeating: 1, count: 100_000))
    }
    #expect(try folder.names() == ["model"])
    #expect(try folder.bytes(of: "model") == [9])
  }

  @Test func aStaleTemporaryIsNotInTheWayUntilItIsRemoved() throws {
    let folder = try TemporaryFolder()
    _ = try folder.put([7], at: ".model.tmp-0")
    try DurableFile.write([1], to: folder.file("model"))
    #expect(try folder.names() == [".model.tmp-0", "model"])
    DurableFile.removeTemporaries(in: folder.path)
    #expect(try folder.names() == ["model"])
  }

  @Test func theFileThatIsReplacedCanBeKept() throws {
    let folder = try TemporaryFolder()
    for byte in UInt8(1)...3 {
      var file = try DurableFile(replacing: folder.file("last"))
      try file.write([byte])
      try file.commit(movingOldTo: folder.file("previous"))
    }
    #expect(try folder.names() == ["last", "previous"])
    #expect(try folder.bytes(of: "last") == [3])
    #expect(try folder.bytes(of: "previous") == [2])
  }

  @Test func aNameOfTheLongestLengthWorks() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "n", count: 255)
    try DurableFile.write([1], to: folder.file(name))
    #expect(try folder.names() == [name])
  }

  @Test func aFolderInItsPlaceIsRefusedAtOnce() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("model"), withIntermediateDirectories: true)
    #expect(throws: FileError.notAFile(path: folder.file("model"))) {
      try DurableFile.write([1], to: folder.file("model"))
    }
    #expect(try folder.names() == ["model"])
  }

  @Test func aDeviceIsNeverReplaced() {
    #expect(throws: FileError.notAFile(path: "/dev/null")) { try DurableFile.write([1], to: "/dev/null") }
  }

  @Test func aFailedRenameLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model")
    var file = try DurableFile(replacing: path)
    try file.write([UInt8](1...3))
    // A folder takes the name between creation and commit.
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    do {
      try file.commit()
      Issue.record("a folder must not be replaced")
    } catch {
      #expect(error == .cannotWrite(path: path, during: "rename", code: EISDIR))
    }
    #expect(try folder.names() == ["model"])
  }

  @Test func aFileInThePlaceOfTheFolderIsAnErrorThatSaysSo() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put([1], at: "plain") + "/model"
    let error = #expect(throws: FileError.self) { try DurableFile.write([1], to: path) }
    #expect(
      error?.description
        == "\(path): cannot be created: Not a directory; a part of the path is a file, choose another path")
  }

  @Test func aMissingFolderIsAnErrorThatSaysSo() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("missing/model")
    #expect(throws: FileError.cannotCreate(path: path, code: ENOENT)) { try DurableFile.write([1], to: path) }
  }

  #if os(Linux)
  @Test func aFullDiskIsAnErrorThatNamesTheFile() {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let error = #expect(throws: FileError.self) {
      try [UInt8](repeating: 1, count: 10).withUnsafeBytes { bytes in
        try writeAll(bytes, to: descriptor, path: "runs/1/model")
      }
    }
    #expect(
      error?.description
        == "runs/1/model: cannot be written: No space left on device (write); "
        + "free some space or choose another folder")
  }
  #endif

  @Test func shortWritesAreContinued() throws {
    // A pipe accepts at most 64 KiB at once, so a megabyte arrives in pieces.
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (readEnd, writeEnd) = (ends[0], ends[1])
    let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let writer = Thread {
      try? sent.withUnsafeBytes { try writeAll($0, to: writeEnd, path: "pipe") }
      close(writeEnd)
    }
    writer.start()
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(readEnd, &buffer, buffer.count), count > 0 { received += buffer[..<count] }
    close(readEnd)
    #expect(received == sent)
  }

  @Test(arguments: [
    ("a/b", "a", "b"), ("/b", "/", "b"), ("b", ".", "b"), ("a//b", "a/", "b"), ("a/", "a", ""), ("", ".", ""),
  ])
  func aPathIsSplitAtItsLastSlash(path: String, folder: String, name: String) {
    #expect(splitPath(path) == (folder, name))
  }
}

struct NewFolderTests {
  @Test func numbersCountUpFromOneAndTheParentIsMade() throws {
    let folder = try TemporaryFolder()
    let runs = folder.file("deep/runs")
    #expect(
      try (1...3).map { _ in try NewFolder.createNumbered(in: runs) } == [
        "\(runs)/1", "\(runs)/2", "\(runs)/3",
      ])
  }

  @Test func theNextNumberIsAboveTheHighestWhateverElseIsThere() throws {
    let folder = try TemporaryFolder()
    for name in ["7", "03", "9x", "-1", ".2", "99999999999999999999", "9223372036854775807"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    _ = try folder.put([], at: "8")
    #expect(try NewFolder.createNumbered(in: folder.path + "/") == folder.file("9"))
  }

  @Test func aTakenNameIsAnErrorAndItsContentsStay() throws {
    let folder = try TemporaryFolder()
    let path = try NewFolder.create(named: "mine", in: folder.path)
    try DurableFile.write([1], to: path + "/model")
    #expect(throws: FileError.alreadyExists(path: path)) {
      try NewFolder.create(named: "mine", in: folder.path)
    }
    #expect(try folder.bytes(of: "mine/model") == [1])
  }

  @Test(arguments: ["", ".", "..", "a/b", "/", "a\0b"])
  func aNameThatIsNotOnePartOfAPathIsRefused(name: String) throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.invalidName(name)) { try NewFolder.create(named: name, in: folder.path) }
    #expect(try folder.names() == [])
  }

  @Test func aFileInThePlaceOfTheParentIsAnError() throws {
    let folder = try TemporaryFolder()
    let parent = try folder.put([1], at: "runs")
    #expect(throws: FileError.cannotCreate(path: parent, code: ENOTDIR)) {
      try NewFolder.createNumbered(in: parent)
    }
  }

  @Test func concurrentCreatorsNeverShareANumber() async throws {
    let folder = try TemporaryFolder()
    let parent = folder.path
    let paths = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 { group.addTask { try NewFolder.createNumbered(in: parent) } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(paths.count == 16)
  }
}
