/// The images of a folder with a folder for each class: their names and labels, but nothing of what the files
/// contain.
///
/// Samples are numbered from 0: class by class, and within a class in `NaturalOrder` of the path's parts. A data
/// set is a value; subsets share the names with the whole.
public struct Dataset: Sendable {
  /// The class names, by label. A name that is not UTF-8 is shown with its bytes as `\xNN`.
  public let classes: [String]

  let storage: DatasetStorageBox
  /// The labels, by directory of the storage.
  let labels: [Int32]
  /// The files of a subset, in its order; nil for all.
  let selection: [UInt32]?
  /// For each file of the storage: what else is known of it.
  let marks: FileMarks

  init(
    classes: [String], storage: DatasetStorageBox, labels: [Int32], selection: [UInt32]?,
    marks: FileMarks = .none
  ) {
    self.classes = classes
    self.storage = storage
    self.labels = labels
    self.selection = selection
    self.marks = marks
  }

  /// The number of samples.
  public var count: Int { selection?.count ?? storage.value.fileCount }

  /// The folder that was scanned, or the table of labels that was read, for messages.
  public var root: String { storage.value.name ?? PathName.shown(storage.value.root) }

  /// Notices about the folders and packed files of the images for people, each in one line.
  public var notices: [String] { storage.value.notices + packNotices }

  /// The number of a sample's file in the storage.
  @inline(__always)
  func file(of sample: Int) -> Int {
    if let selection { return Int(selection[sample]) }
    return sample
  }

  /// The number of the sample's directory in the storage.
  @inline(__always)
  func directory(of sample: Int) -> Int {
    Int(storage.value.directoryOfFile[file(of: sample)])
  }

  /// A sample's class, from 0 to `classes.count - 1`; −1 in a data set without classes.
  public func label(of sample: Int) -> Int {
    Int(labels[directory(of: sample)])
  }

  /// A sample's path as the system knows it: the root, the class and the name, any bytes except zero.
  public func rawPath(of sample: Int) -> [UInt8] {
    var path = storage.value.root
    let relative = rawRelativePath(of: sample)
    // The root of a data set without classes is empty: the paths are as they were given.
    if !path.isEmpty, path.last != 0x2F, !relative.isEmpty { path.append(0x2F) }
    return path + relative
  }

  /// A sample's path below the root, any bytes except zero.
  public func rawRelativePath(of sample: Int) -> [UInt8] {
    var path = Array(storage.value.path(ofDirectory: directory(of: sample)))
    if !path.isEmpty, path.last != 0x2F { path.append(0x2F) }
    return path + storage.value.name(ofFile: file(of: sample))
  }

  /// A sample's path as people read it: bytes that are not UTF-8, and control characters, are shown as `\xNN`.
  public func path(of sample: Int) -> String {
    PathName.shown(rawPath(of: sample))
  }

  /// A sample's path below the root, as people read it.
  public func relativePath(of sample: Int) -> String {
    PathName.shown(rawRelativePath(of: sample))
  }

  /// The number of samples of each class, by label.
  public var countPerClass: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for sample in 0..<count {
      let label = label(of: sample)
      if label >= 0 { counts[label] += 1 }
    }
    return counts
  }

  /// Some of the samples, renumbered from 0. The classes stay the same.
  ///
  /// - Parameter samples: Indices of this data set, in the order of the subset.
  public func subset(_ samples: some Sequence<Int>) -> Dataset {
    let count = count
    let files = samples.map { sample in
      precondition((0..<count).contains(sample), "sample \(sample) of a data set with \(count) samples")
      return UInt32(file(of: sample))
    }
    return Dataset(classes: classes, storage: storage, labels: labels, selection: files, marks: marks)
  }

  /// `count` samples at equal distances, or all if there are fewer: the same ones for the same data set.
  public func evenlySpaced(_ count: Int) -> Dataset {
    let total = self.count
    if count >= total { return self }
    return subset((0..<count).map { $0 * total / count })
  }
}

/// A box that lets subsets share the names.
final class DatasetStorageBox: Sendable {
  let value: DatasetStorage

  init(_ value: DatasetStorage) {
    self.value = value
  }
}
