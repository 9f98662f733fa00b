import MillraceRandom

/// The groups of a data set in a random order, with the classes of each group's images.
///
/// Where a group is on both sides, images like the validation images were trained on, and the figures are too good.
/// So groups are divided, not images; each class then comes as near to its share as the groups allow.
struct GroupedDivision {
  /// Images that stay together.
  private struct Group {
    let samples: [Int]
    /// The classes of the group, and its number of images of each class.
    let counts: [(label: Int, count: Int)]
  }

  private let groups: [Group]
  /// For each class, the number of its images, and of the groups that have some.
  private let images: [Int]
  private let groupCounts: [Int]
  private let sampleCount: Int

  /// The largest number of passes over all groups that improve a division; each except the first is far cheaper
  /// than reading an image.
  private static let mostPasses = 16

  /// Finds the groups and draws their order.
  ///
  /// - Parameters:
  ///   - labels: The class of each sample.
  ///   - samplesOfGroups: The samples of each group; every sample is in one group.
  ///   - classes: The number of classes; a label is below it.
  init(
    labels: [Int], samplesOfGroups: [[Int]], classes: Int, seed: UInt64, purpose: RandomPurpose
  ) {
    var groups = samplesOfGroups.map { samples in
      var counts: [(label: Int, count: Int)] = []
      for label in samples.map({ labels[$0] }).sorted() {
        if counts.last?.label == label {
          counts[counts.count - 1].count += 1
        } else {
          counts.append((label, 1))
        }
      }
      return Group(samples: samples, counts: counts)
    }
    // A class's number is below that of the images, so no other stream of this purpose has this name.
    var random = KeyedRandom(seed: seed, purpose: purpose, sample: Int(UInt32.max))
    random.shuffle(&groups)
    var (images, groupCounts) = ([Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes))
    for group in groups {
      for (label, count) in group.counts {
        images[label] += count
        groupCounts[label] += 1
      }
    }
    (self.groups, self.images, self.groupCounts) = (groups, images, groupCounts)
    sampleCount = labels.count
  }

  // MARK: A share of each class

  /// Sets groups aside until each class comes as near as possible to a number of images.
  ///
  /// Of a class with several groups at least one is set aside and at least one stays; a class with one group stays
  /// whole.
  ///
  /// - Parameter wanted: The wanted number of images, by class.
  /// - Returns: For each sample whether it is set aside.
  func settingAside(_ wanted: [Int]) -> [Bool] {
    var taken = [Int](repeating: 0, count: images.count)
    var isTaken = [Bool](repeating: false, count: groups.count)

    /// The change of the classes' squared distances from the wanted numbers when a group changes sides; negative where
    /// the classes come nearer.
    func change(_ group: Int) -> Double {
      let sign = isTaken[group] ? -1.0 : 1
      return groups[group].counts.reduce(0) { sum, entry in
        let (step, off) = (sign * Double(entry.count), Double(taken[entry.label] - wanted[entry.label]))
        return sum + step * (2 * off + step) / square(images[entry.label])
      }
    }
    func mayChange(_ group: Int) -> Bool {
      groups[group].counts.allSatisfy { label, count in
        isTaken[group] ? taken[label] > count : taken[label] + count < images[label]
      }
    }
    func turn(_ group: Int) {
      for (label, count) in groups[group].counts { taken[label] += isTaken[group] ? -count : count }
      isTaken[group].toggle()
    }

    for _ in 0..<Self.mostPasses {
      var hasChanged = false
      for group in groups.indices where mayChange(group) && change(group) < 0 {
        turn(group)
        hasChanged = true
      }
      if !hasChanged { break }
    }
    // Groups that are larger than the wanted number were passed over.
    for label in images.indices where taken[label] == 0 && wanted[label] > 0 && groupCounts[label] > 1 {
      let best = groups.indices.lazy
        .filter { group in
          !isTaken[group] && groups[group].counts.contains { $0.label == label } && mayChange(group)
        }
        .map { (group: $0, change: change($0)) }.min { $0.change < $1.change }
      if let best { turn(best.group) }
    }
    var isSetAside = [Bool](repeating: false, count: sampleCount)
    for group in groups.indices where isTaken[group] {
      for sample in groups[group].samples { isSetAside[sample] = true }
    }
    return isSetAside
  }

  // MARK: Folds

  /// Gives each group to a fold, so that each class is spread over the folds as evenly as possible.
  ///
  /// The largest groups come first, each to the fold with the least of its classes; then single groups move where
  /// that makes the folds more even. The classes count by their shares, whatever their size. Source of the first
  /// part: Graham, "Bounds on multiprocessing timing anomalies", SIAM Journal on Applied Mathematics, 1969 (longest
  /// processing time first).
  ///
  /// - Returns: The fold of each sample, from 0.
  func folds(_ count: Int) -> [Int] {
    var load = [[Int]](repeating: Array(repeating: 0, count: images.count), count: count)
    var sizes = [Int](repeating: 0, count: count)
    var foldOfGroup = [Int](repeating: -1, count: groups.count)

    func put(_ group: Int, into fold: Int, _ sign: Int) {
      for (label, count) in groups[group].counts { load[fold][label] += sign * count }
      sizes[fold] += sign * groups[group].samples.count
    }
    /// What a group adds to the squares of a fold's shares of the classes.
    func cost(_ group: Int, _ fold: Int) -> Double {
      groups[group].counts.reduce(0) { sum, entry in
        sum + Double(entry.count) * Double(2 * load[fold][entry.label] + entry.count)
          / square(images[entry.label])
      }
    }
    /// The fold that a group without a fold makes the least uneven; of several, the one with the fewest images.
    func best(_ group: Int) -> Int {
      var best = (fold: 0, cost: cost(group, 0))
      for fold in 1..<count {
        let cost = cost(group, fold)
        if cost < best.cost || (cost == best.cost && sizes[fold] < sizes[best.fold]) { best = (fold, cost) }
      }
      return best.fold
    }

    let weights = groups.map { group in
      group.counts.reduce(0) { $0 + Double($1.count) / Double(images[$1.label]) }
    }
    let order = groups.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
    for group in order {
      foldOfGroup[group] = best(group)
      put(group, into: foldOfGroup[group], 1)
    }
    for _ in 0..<Self.mostPasses {
      var hasMoved = false
      for group in order {
        let old = foldOfGroup[group]
        put(group, into: old, -1)
        let new = best(group)
        let isBetter = cost(group, new) < cost(group, old)
        foldOfGroup[group] = isBetter ? new : old
        put(group, into: foldOfGroup[group], 1)
        hasMoved = hasMoved || isBetter
      }
      if !hasMoved { break }
    }
    var folds = [Int](repeating: 0, count: sampleCount)
    for (group, fold) in zip(groups, foldOfGroup) {
      for sample in group.samples { folds[sample] = fold }
    }
    return folds
  }

  private func square(_ count: Int) -> Double { Double(count) * Double(count) }
}
