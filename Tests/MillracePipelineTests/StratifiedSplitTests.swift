import Testing

@testable import MillracePipeline

struct StratifiedSplitTests {
  @Test(arguments: [
    (0, 0.5, 0), (1, 0.9, 0), (2, 0.01, 1), (2, 0.99, 1), (10, 0.1, 1), (25, 0.1, 3), (7, 0.99, 6),
  ])
  func eachClassKeepsSomethingOnBothSides(count: Int, fraction: Double, expected: Int) {
    #expect(StratifiedSplit(fraction: fraction, seed: 1).validationCount(ofClassWith: count) == expected)
  }

  @Test func thePartsAreDisjointCompleteAndInOrder() throws {
    let folder = try TemporaryFolder()
    for number in 0..<30 { try folder.files("a/\(number)") }
    for number in 0..<5 { try folder.files("b/\(number)") }
    try folder.files("c/only")
    let dataset = try Dataset.scan(folder.path)
    let (training, validation) = StratifiedSplit(fraction: 0.2, seed: 4)(dataset)
    #expect(training.countPerClass == [24, 4, 1])
    #expect(validation.countPerClass == [6, 1, 0])

    let trained = (0..<training.count).map(training.relativePath)
    let validated = (0..<validation.count).map(validation.relativePath)
    let all = (0..<dataset.count).map(dataset.relativePath)
    #expect(all.filter(Set(trained).contains) == trained)
    #expect(all.filter(Set(validated).contains) == validated)
    #expect(Set(trained).union(validated) == Set(all))
    #expect(Set(trained).isDisjoint(with: validated))
  }

  @Test func theSeedDecides() throws {
    let folder = try TemporaryFolder()
    for number in 0..<40 { try folder.files("a/\(number)", "b/\(number)") }
    let dataset = try Dataset.scan(folder.path)
    func validated(_ seed: UInt64) -> UInt64 {
      StratifiedSplit(fraction: 0.25, seed: seed)(dataset).validation.fingerprint
    }
    #expect(validated(1) == validated(1))
    #expect(validated(1) != validated(2))
  }

  @Test func aClassIsDrawnAloneWhateverTheOthersHold() throws {
    let folder = try TemporaryFolder()
    for number in 0..<20 { try folder.files("a/\(number)", "b/\(number)") }
    let split = StratifiedSplit(fraction: 0.3, seed: 9)
    func validatedOfB() throws -> [String] {
      let validation = split(try Dataset.scan(folder.path)).validation
      return (0..<validation.count).map(validation.relativePath).filter { $0.hasPrefix("b/") }
    }
    let before = try validatedOfB()
    try folder.files("a/20", "a/21")
    #expect(try validatedOfB() == before)
  }
}
