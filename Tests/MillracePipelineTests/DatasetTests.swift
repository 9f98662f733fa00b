import Testing

@testable import MillracePipeline

struct DatasetTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    try folder.files("a/1", "a/2", "b/1", "b/2", "b/sub/3", "c/1")
    dataset = try Dataset.scan(folder.path)
  }

  @Test func aSubsetRenumbersItsSamples() {
    let subset = dataset.subset([5, 0, 3])
    #expect(subset.count == 3)
    #expect((0..<3).map(subset.relativePath) == ["c/1", "a/1", "b/2"])
    #expect((0..<3).map(subset.label) == [2, 0, 1])
    #expect(subset.subset([2]).relativePath(of: 0) == "b/2")
    #expect(subset.classes == dataset.classes)
  }

  @Test func partsOfOneScanAreJoinedInOrderAndKeepTheirNames() throws {
    let joined = dataset.subset([3, 4, 0]).joined(with: dataset.subset([5, 1]))
    #expect((0..<5).map(joined.relativePath) == ["b/2", "b/sub/3", "a/1", "c/1", "a/2"])
    #expect((0..<5).map(joined.label) == [1, 1, 0, 2, 0])
    #expect(joined.sharesNames(with: dataset))
    let other = try Dataset.scan(folder.path)
    #expect(!dataset.joined(with: other).sharesNames(with: dataset))
  }

  @Test(arguments: [
    (1, [0]), (2, [0, 3]), (4, [0, 1, 3, 4]), (6, [0, 1, 2, 3, 4, 5]), (9, [0, 1, 2, 3, 4, 5]),
  ])
  func evenlySpacedSamples(count: Int, expected: [Int]) {
    let subset = dataset.evenlySpaced(count)
    #expect((0..<subset.count).map(subset.relativePath) == expected.map(dataset.relativePath))
  }

  @Test func labelsFollowAGivenListOfClasses() throws {
    let mapped = try dataset.labelled(by: ["c", "a", "b"])
    #expect((0..<mapped.count).map(mapped.label) == [1, 1, 2, 2, 2, 0])
    #expect(mapped.classes == ["c", "a", "b"])
    #expect(mapped.countPerClass == [1, 2, 3])
    let error = DatasetError.classesDiffer(path: folder.path, missing: ["d"], unknown: ["b", "c"])
    #expect(throws: error) { try dataset.labelled(by: ["a", "d"]) }
  }

  @Test func namesThatOnlyLookAlikeAreDifferentClasses() throws {
    let other = try TemporaryFolder()
    try other.files("caf\u{E9}/1", "cafe\u{301}/1")
    let found = try Dataset.scan(other.path)
    #expect(found.classes.count == 2)
    #expect(throws: DatasetError.self) { try found.labelled(by: ["caf\u{E9}"]) }
    #expect(try found.labelled(by: found.classes.reversed()).label(of: 0) == 1)
  }

  @Test func theFingerprintChangesWithNamesAndOrderButNotWithTheRoot() throws {
    let copy = try TemporaryFolder()
    try copy.files("a/1", "a/2", "b/1", "b/2", "b/sub/3", "c/1", content: [7, 8])
    #expect(try Dataset.scan(copy.path).fingerprint == dataset.fingerprint)
    try copy.files("c/2")
    #expect(try Dataset.scan(copy.path).fingerprint != dataset.fingerprint)

    #expect(dataset.subset(0..<6).fingerprint == dataset.fingerprint)
    #expect(dataset.subset([1, 0, 2, 3, 4, 5]).fingerprint != dataset.fingerprint)
    #expect(dataset.subset(0..<5).fingerprint != dataset.fingerprint)
    #expect(try dataset.labelled(by: ["b", "a", "c"]).fingerprint != dataset.fingerprint)
  }

  @Test func theHashIsFNV1a() {
    // These values are from the reference's table of test values.
    var hash = FNV1a()
    #expect(hash.value == 0xCBF2_9CE4_8422_2325)
    hash.add("foobar".utf8)
    #expect(hash.value == 0x8594_4171_F739_67E8)
  }
}
