import MillraceRandom

/// Sets a share of each class aside for validation, or for a test.
///
/// The draw depends only on the seed and each class's samples. No file is copied or moved.
///
/// Where images belong together, see ``Dataset/group(of:)``, no group is on both sides: see `GroupedDivision`.
package struct StratifiedSplit: Sendable, Hashable {
  /// The share of each class that is set aside, above 0 and below 1.
  package let fraction: Double
  /// The run's seed.
  package let seed: UInt64
  private let purpose: RandomPurpose

  /// Makes a split.
  ///
  /// - Parameters:
  ///   - fraction: The share of each class, above 0 and below 1.
  ///   - seed: The run's seed.
  ///   - forTest: Whether the share is set aside for a test, which has a draw of its own.
  package init(fraction: Double, seed: UInt64, forTest: Bool = false) {
    precondition(fraction > 0 && fraction < 1, "a split's fraction lies between 0 and 1, got \(fraction)")
    self.fraction = fraction
    self.seed = seed
    purpose = forTest ? .testSplit : .split
  }

  /// The number of samples of a class that are set aside: the nearest whole number, but at least one of two or
  /// more, and never the last.
  package func validationCount(ofClassWith count: Int) -> Int {
    if count < 2 { return 0 }
    return min(max(Int((Double(count) * fraction).rounded()), 1), count - 1)
  }

  /// Divides a data set. Both parts keep its order and its classes.
  package func callAsFunction(_ dataset: Dataset) -> (training: Dataset, validation: Dataset) {
    let isSetAside = dataset.isGrouped ? settingAsideGroups(of: dataset) : settingAside(dataset)
    return (
      dataset.subset((0..<dataset.count).lazy.filter { !isSetAside[$0] }),
      dataset.subset((0..<dataset.count).lazy.filter { isSetAside[$0] })
    )
  }

  private func settingAsideGroups(of dataset: Dataset) -> [Bool] {
    GroupedDivision(
      labels: (0..<dataset.count).map(dataset.label(of:)), samplesOfGroups: dataset.samplesOfGroups,
      classes: dataset.classes.count, seed: seed, purpose: purpose
    ).settingAside(dataset.countPerClass.map(validationCount(ofClassWith:)))
  }

  private func settingAside(_ dataset: Dataset) -> [Bool] {
    var samplesOfClass = [[UInt32]](repeating: [], count: dataset.classes.count)
    for sample in 0..<dataset.count { samplesOfClass[dataset.label(of: sample)].append(UInt32(sample)) }

    var isSetAside = [Bool](repeating: false, count: dataset.count)
    for label in samplesOfClass.indices {
      // The stream is keyed by class, so that a class's draw does not depend on the others.
      var random = KeyedRandom(seed: seed, purpose: purpose, sample: label)
      random.shuffle(&samplesOfClass[label])
      for sample in samplesOfClass[label].prefix(validationCount(ofClassWith: samplesOfClass[label].count)) {
        isSetAside[Int(sample)] = true
      }
    }
    return isSetAside
  }
}
