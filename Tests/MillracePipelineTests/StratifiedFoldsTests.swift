import Testing

@testable import MillracePipeline

struct StratifiedFoldsTests {
  /// Classes of one image, of fewer images than folds, of as many, and of many.
  private static let counts = [1, 3, 5, 40, 17, 0, 101]
  private static let labels = counts.enumerated().flatMap { label, count in
    Array(repeating: label, count: count)
  }

  @Test(arguments: [2, 3, 5, 10], [UInt64(1), 2, 77])
  func everyFoldHasItsShareOfEachClass(count: Int, seed: UInt64) {
    let folds = StratifiedFolds(count: count, seed: seed).folds(ofLabels: Self.labels, classes: 7)
    #expect(folds.count == Self.labels.count)
    var table = [[Int]](repeating: Array(repeating: 0, count: 7), count: count)
    for (fold, label) in zip(folds, Self.labels) { table[fold][label] += 1 }
    for row in table {
      for (label, found) in row.enumerated() {
        #expect(abs(Double(found) - Double(Self.counts[label]) / Double(count)) < 1)
      }
      #expect(abs(Double(row.reduce(0, +)) - Double(folds.count) / Double(count)) < 1)
    }
  }

  @Test func everySampleIsValidatedOnOnceAndTrainedOnOtherwise() throws {
    let folder = try TemporaryFolder()
    for number in 0..<23 { try folder.files("a/\(number)") }
    for number in 0..<8 { try folder.files("b/\(number)") }
    let dataset = try Dataset.scan(folder.path)
    let all = (0..<dataset.count).map(dataset.relativePath)
    let folds = StratifiedFolds(count: 4, seed: 3)
    var validated: [String] = []
    for fold in 0..<4 {
      let (training, validation) = folds(dataset, leavingOut: fold)
      let left = (0..<validation.count).map(validation.relativePath)
      let kept = (0..<training.count).map(training.relativePath)
      // Both parts keep the order.
      #expect(all.filter(Set(left).contains) == left && all.filter { !left.contains($0) } == kept)
      #expect(training.classes == dataset.classes && validation.classes == dataset.classes)
      validated += left
    }
    #expect(validated.count == all.count && Set(validated) == Set(all))
  }

  @Test func theSeedDecides() {
    func folds(_ seed: UInt64) -> [Int] {
      StratifiedFolds(count: 5, seed: seed).folds(ofLabels: Self.labels, classes: 7)
    }
    #expect(folds(1) == folds(1) && folds(1) != folds(2))
  }
}
