extension Dataset {
  /// Whether some of the images are known to belong together.
  public var isGrouped: Bool { marks.groups != nil }

  /// A number that a sample shares with the samples of its group; nil where it stands alone.
  public func group(of sample: Int) -> UInt64? {
    guard let group = marks.groups?[file(of: sample)], group != 0 else { return nil }
    return group
  }

  /// The same samples, of which those with equal keys belong together.
  ///
  /// - Parameter keys: A number for each sample; nil for one that stands alone. Nil for all: no samples belong
  ///   together.
  package func grouped(by keys: [UInt64?]?) -> Dataset {
    var marks = marks
    marks.groups = nil
    if let keys {
      precondition(keys.count == count, "\(keys.count) keys for \(count) samples")
      var files = [UInt64](repeating: 0, count: storage.value.fileCount)
      for (sample, key) in keys.enumerated() { files[file(of: sample)] = key ?? 0 }
      marks.groups = files
    }
    return Dataset(
      classes: classes, storage: storage, labels: labels, selection: selection, marks: marks)
  }

  /// The samples of each group, in the order of their first samples; a sample that stands alone is a group of its
  /// own.
  package var samplesOfGroups: [[Int]] {
    var groups: [[Int]] = []
    var place: [UInt64: Int] = [:]
    for sample in 0..<count {
      if let group = group(of: sample) {
        if let known = place[group] {
          groups[known].append(sample)
          continue
        }
        place[group] = groups.count
      }
      groups.append([sample])
    }
    return groups
  }

  /// A key for each sample from what a pattern matches in its path below the root; nil where it matches nothing.
  ///
  /// - Throws: ``PathPatternError``.
  package func groupKeys(matching pattern: String) throws(PathPatternError) -> [UInt64?] {
    let pattern = try PathPattern(pattern)
    return (0..<count).map { sample in
      pattern.name(in: relativePath(of: sample)).map { GroupName.key($0.utf8) }
    }
  }

  /// The places of a part's samples in this data set.
  ///
  /// - Parameter part: A subset of this data set, or of one that it is a subset of.
  package func places(of part: Dataset) -> [Int] {
    var place = [Int](repeating: -1, count: storage.value.fileCount)
    for sample in 0..<count { place[file(of: sample)] = sample }
    return (0..<part.count).map { place[part.file(of: $0)] }
  }

  /// The number of images here that share a group with one of another data set, so that they are no surprise to a
  /// model that was trained on it.
  package func countRelated(to other: Dataset) -> Int {
    let groups = Set((0..<other.count).compactMap(other.group(of:)))
    return (0..<count).count { group(of: $0).map(groups.contains) ?? false }
  }
}

/// Groups by their names.
enum GroupName {
  /// The number that stands for a name: its 64-bit FNV-1a hash, so a name has the same number everywhere.
  static func key(_ name: some Sequence<UInt8>) -> UInt64 {
    var hash = FNV1a()
    hash.add(name)
    // 0 means no group.
    return max(1, hash.value)
  }
}
