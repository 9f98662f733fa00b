import MillraceRandom

/// Divides a data set into folds for cross-validation: each sample belongs to one fold, and each fold has its share
/// of each class.
///
/// A class's samples are shuffled and dealt out, one fold after the other, and the next class goes on where the one
/// before it ended. So the counts of a class in two folds differ by at most one, and so do the sizes of two folds.
/// The draw depends only on the seed and the labels. No file is copied or moved.
///
/// Where images belong together, see ``Dataset/group(of:)``, each group is in one fold: see `GroupedDivision`.
///
/// Source: Kohavi, "A study of cross-validation and bootstrap for accuracy estimation and model selection", IJCAI
/// 1995.
package struct StratifiedFolds: Sendable, Hashable {
  /// The number of folds.
  package let count: Int
  /// The run's seed.
  package let seed: UInt64

  /// Describes a division.
  ///
  /// - Parameters:
  ///   - count: The number of folds, at least 2.
  ///   - seed: The run's seed.
  package init(count: Int, seed: UInt64) {
    precondition(count >= 2, "a cross-validation has at least 2 folds, got \(count)")
    self.count = count
    self.seed = seed
  }

  /// The fold of each sample, from 0.
  package func folds(of dataset: Dataset) -> [Int] {
    let labels = (0..<dataset.count).map(dataset.label(of:))
    guard dataset.isGrouped else { return folds(ofLabels: labels, classes: dataset.classes.count) }
    return GroupedDivision(
      labels: labels, samplesOfGroups: dataset.samplesOfGroups, classes: dataset.classes.count, seed: seed,
      purpose: .folds
    ).folds(count)
  }

  /// The fold of each sample, from 0.
  ///
  /// - Parameters:
  ///   - labels: The class of each sample.
  ///   - classes: The number of classes; a label is below it.
  package func folds(ofLabels labels: [Int], classes: Int) -> [Int] {
    var samplesOfClass = [[Int]](repeating: [], count: classes)
    for (sample, label) in labels.enumerated() { samplesOfClass[label].append(sample) }
    var folds = [Int](repeating: 0, count: labels.count)
    var next = 0
    for label in samplesOfClass.indices {
      var random = KeyedRandom(seed: seed, purpose: .folds, sample: label)
      random.shuffle(&samplesOfClass[label])
      for sample in samplesOfClass[label] {
        folds[sample] = next
        next = (next + 1) % count
      }
    }
    return folds
  }

  /// Divides a data set by one of its folds. Both parts keep its order and its classes.
  ///
  /// - Parameters:
  ///   - dataset: The data set.
  ///   - fold: The fold to validate on, from 0; all others are trained on.
  package func callAsFunction(_ dataset: Dataset, leavingOut fold: Int) -> (
    training: Dataset, validation: Dataset
  ) {
    precondition((0..<count).contains(fold), "fold \(fold) of \(count)")
    let folds = folds(of: dataset)
    return (
      dataset.subset(folds.indices.lazy.filter { folds[$0] != fold }),
      dataset.subset(folds.indices.lazy.filter { folds[$0] == fold })
    )
  }
}
