import MillraceRandom
import Testing

@testable import MillracePipeline

struct GroupedDivisionTests {
  /// Images of classes, and their groups.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// For each group its number of images of each class.
    let groups: [[Int]]

    var testDescription: String { name }

    var labels: [Int] {
      groups.flatMap { group in
        group.enumerated().flatMap { label, count in Array(repeating: label, count: count) }
      }
    }
    var samplesOfGroups: [[Int]] {
      var next = 0
      return groups.map { group in
        let count = group.reduce(0, +)
        defer { next += count }
        return Array(next..<next + count)
      }
    }
    var images: [Int] {
      groups.reduce(into: [0, 0, 0]) { sum, group in for label in 0..<3 { sum[label] += group[label] } }
    }
    /// The largest number of images of a class in one group.
    var largest: [Int] { (0..<3).map { label in groups.map { $0[label] }.max() ?? 0 } }
  }

  private static func drawn(_ count: Int, _ size: ClosedRange<Int>, isMixed: Bool) -> [[Int]] {
    var random = KeyedRandom(seed: 4, purpose: .preview, sample: count)
    return (0..<count).map { number in
      var group = [0, 0, 0]
      for _ in 0..<size.lowerBound + random.index(below: size.count) {
        group[isMixed ? random.index(below: 3) : number % 7 % 3] += 1
      }
      return group
    }
  }

  static let cases = [
    Case(name: "patients of one class each", groups: drawn(90, 1...9, isMixed: false)),
    Case(name: "patients of all classes", groups: drawn(60, 1...12, isMixed: true)),
    Case(name: "bursts of one size", groups: drawn(40, 5...5, isMixed: false)),
    Case(name: "few large groups", groups: drawn(14, 20...40, isMixed: false)),
    Case(
      name: "one huge group among many small", groups: [[60, 0, 0]] + drawn(120, 1...3, isMixed: true)),
  ]

  @Test(arguments: cases, [0.1, 0.2, 0.5])
  func `A share has no group on two sides, and each class within one group of its share`(
    drawn: Case, fraction: Double
  ) {
    let split = StratifiedSplit(fraction: fraction, seed: 0)
    let wanted = drawn.images.map(split.validationCount(ofClassWith:))
    var different: Set<[Bool]> = []
    for seed in 0..<200 {
      let side = GroupedDivision(
        labels: drawn.labels, samplesOfGroups: drawn.samplesOfGroups, classes: 3, seed: UInt64(seed),
        purpose: .split
      ).settingAside(wanted)
      let isWhole = drawn.samplesOfGroups.allSatisfy { samples in
        samples.allSatisfy { side[$0] == side[samples[0]] }
      }
      #expect(isWhole, "seed \(seed)")
      var taken = [0, 0, 0]
      for (label, isTaken) in zip(drawn.labels, side) where isTaken { taken[label] += 1 }
      for label in 0..<3 {
        #expect(abs(taken[label] - wanted[label]) <= drawn.largest[label], "seed \(seed), class \(label)")
        #expect(0 < taken[label] && taken[label] < drawn.images[label], "seed \(seed), class \(label)")
      }
      different.insert(side)
    }
    #expect(different.count > 3)
  }

  @Test(arguments: cases, [2, 5])
  func `Folds have no group in two, and each class within one group of its share`(drawn: Case, count: Int) {
    for seed in 0..<200 {
      let folds = GroupedDivision(
        labels: drawn.labels, samplesOfGroups: drawn.samplesOfGroups, classes: 3, seed: UInt64(seed),
        purpose: .folds
      ).folds(count)
      let isWhole = drawn.samplesOfGroups.allSatisfy { samples in
        samples.allSatisfy { folds[$0] == folds[samples[0]] }
      }
      #expect(isWhole && Set(folds) == Set(0..<count), "seed \(seed)")
      for fold in 0..<count {
        var found = [0, 0, 0]
        for (label, other) in zip(drawn.labels, folds) where other == fold { found[label] += 1 }
        for label in 0..<3 {
          let ideal = Double(drawn.images[label]) / Double(count)
          #expect(
            abs(Double(found[label]) - ideal) <= Double(drawn.largest[label]),
            "seed \(seed), fold \(fold), class \(label): \(found[label]) for \(ideal)")
        }
      }
    }
  }

  @Test func `A class of one group stays, and of two large ones the smaller is set aside`() {
    let groups = [[30, 0, 0], [0, 20, 0], [0, 12, 0]] + Array(repeating: [0, 0, 2], count: 20)
    let drawn = Case(name: "", groups: groups)
    for seed in 0..<20 {
      let side = GroupedDivision(
        labels: drawn.labels, samplesOfGroups: drawn.samplesOfGroups, classes: 3, seed: UInt64(seed),
        purpose: .split
      ).settingAside([3, 3, 4])
      #expect(!side[0] && !side[30] && side[50], "seed \(seed)")
      #expect(side[62...].count { $0 } == 4)
    }
  }

  // MARK: What says it

  @Test(arguments: [
    ("^[^/]+/(p[0-9]+)", "cat/p12-a.jpg", "p12"), ("p[0-9]+", "cat/p12-a.jpg", "p12"),
    ("(?:x|p)([0-9]+)", "cat/p12-a.jpg", "12"), ("([a-z]+)/", "cat/p12-a.jpg", "cat"),
    ("dog", "cat/p12-a.jpg", nil), ("q?", "cat/p12-a.jpg", nil), ("caf(.)", "café/1.jpg", "é"),
  ])
  func `A pattern names a group by its first capture group or by all that it matches`(
    pattern: String, path: String, name: String?
  ) throws {
    #expect(try PathPattern(pattern).name(in: path).map(String.init) == name)
  }

  @Test(arguments: ["(", "[a", ""]) func `What is no pattern is refused`(text: String) {
    let error = #expect(throws: PathPatternError.self) { try DatasetGrouping(parsing: text) }
    #expect(error?.description.contains("is not a regular expression") == true)
  }

  @Test func `A split of a data set keeps its groups whole, whatever subset it is`() throws {
    let folder = try TemporaryFolder()
    for number in 0..<40 { try folder.files("a/p\(number % 9)-\(number)", "b/p\(number % 9)-\(number)") }
    let plain = try Dataset.scan(folder.path)
    let grouped = try plain.grouped(by: plain.groupKeys(matching: "p[0-9]+"))
    #expect(grouped.samplesOfGroups.count == 9)
    for seed in 0..<20 as Range<UInt64> {
      let parts = StratifiedSplit(fraction: 0.2, seed: seed)(grouped)
      #expect(parts.validation.count > 0 && parts.validation.countRelated(to: parts.training) == 0)
      let again = StratifiedSplit(fraction: 0.5, seed: seed)(parts.training)
      #expect(again.validation.countRelated(to: again.training) == 0)
      let folds = StratifiedFolds(count: 4, seed: seed)
      for fold in 0..<4 {
        let parts = folds(grouped, leavingOut: fold)
        #expect(parts.validation.count > 0 && parts.validation.countRelated(to: parts.training) == 0)
      }
    }
    // Without groups everything is drawn as before.
    let parts = StratifiedSplit(fraction: 0.2, seed: 3)(grouped.grouped(by: nil))
    #expect(
      parts.validation.fingerprint == StratifiedSplit(fraction: 0.2, seed: 3)(plain).validation.fingerprint)
    #expect(
      grouped.places(of: parts.validation).map(grouped.relativePath(of:))
        == (0..<parts.validation.count).map(parts.validation.relativePath(of:)))
  }
}
