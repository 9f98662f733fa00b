import MillraceImages

/// Collects the index of a packed file while its images are written one after another.
package struct PackIndexBuilder {
  /// The beginning of a packed file.
  package static var start: [UInt8] { PackFormat.magic }

  private var head = PackHead()
  private let roots: [[UInt8]]
  private var names: [UInt8] = []
  private var directories: [PackDirectory] = []
  private var records: [PackRecord] = []
  private var offset = UInt64(PackFormat.magic.count)
  /// The number in the index of each directory of the part under way, by its number in the data set.
  private var numberOfDirectory: [Int: UInt32] = [:]

  /// Begins an index.
  ///
  /// - Parameters:
  ///   - source: The absolute path of the folder.
  ///   - packedFor: The flags that decide the pixels, in words; empty for files.
  ///   - classes: The class names, by label.
  ///   - partCount: 1, or 2 with validation images.
  package init(
    source: String, packedFor: String, contents: PackContents, classes: [String], partCount: Int
  ) {
    for name in [source, packedFor] + classes { names += Array(name.utf8) + [0] }
    head.classCount = UInt32(classes.count)
    head.partCount = UInt32(partCount)
    roots = PackedImages.partRoots(of: Array(source.utf8), count: partCount)
    if case .pixels(let form) = contents {
      head.channels = UInt32(form.channels.rawValue)
      head.background = form.background.packed
    }
  }

  /// Begins another part: the samples that follow belong to it.
  package mutating func beginPart() {
    numberOfDirectory = [:]
  }

  /// Adds a sample whose bytes come next in the file.
  ///
  /// - Parameters:
  ///   - sample: The sample's number in the data set.
  ///   - part: 0 for training, 1 for validation.
  package mutating func add(_ packed: PackedSample, sample: Int, of dataset: Dataset, part: Int) {
    var record = packed.record
    let directory = dataset.directory(of: sample)
    record.directory = numberOfDirectory[directory] ?? addDirectory(directory, sample, dataset, part)
    record.nameStart = UInt64(names.count)
    names += dataset.storage.value.name(ofFile: dataset.file(of: sample))
    names.append(0)
    record.offset = offset
    if dataset.isGrouped { (record.hasGroup, record.group) = (1, dataset.group(of: sample) ?? 0) }
    if dataset.isWeighted {
      (record.hasWeight, record.weightBits) = (1, dataset.weight(of: sample).bitPattern)
    }
    offset += UInt64(packed.bytes.count)
    records.append(record)
  }

  /// The end of a packed file: the index and its place.
  package mutating func end() -> [UInt8] {
    head.rootModified = PackedImages.modified(
      PackedImages.foldersAbove(directories, names: names, below: roots))
    head.nameBytes = UInt64(names.count)
    head.directoryCount = UInt64(directories.count)
    head.recordCount = UInt64(records.count)
    var index = withUnsafeBytes(of: head) { Array($0) }
    index += names
    directories.withUnsafeBytes { index += $0 }
    records.withUnsafeBytes { index += $0 }
    var trailer = PackTrailer()
    trailer.indexOffset = offset
    trailer.indexLength = UInt64(index.count)
    trailer.indexChecksum = index.withUnsafeBytes { Checksum.of($0) }
    trailer.checksum = withUnsafeBytes(of: trailer) {
      Checksum.of(UnsafeRawBufferPointer(rebasing: $0.dropLast(4)))
    }
    withUnsafeBytes(of: trailer) { index += $0 }
    return index
  }

  private mutating func addDirectory(_ number: Int, _ sample: Int, _ dataset: Dataset, _ part: Int) -> UInt32
  {
    let path = dataset.storage.value.path(ofDirectory: number)
    let name = dataset.storage.value.name(ofFile: dataset.file(of: sample))
    let folder = Array(dataset.rawPath(of: sample).dropLast(name.count + 1))
    directories.append(
      PackDirectory(
        pathStart: UInt64(names.count), pathLength: UInt32(path.count),
        label: Int32(dataset.label(of: sample)),
        modified: FileTimes(folder)?.modified ?? 0, part: UInt32(part)))
    names += path
    names.append(0)
    numberOfDirectory[number] = UInt32(directories.count - 1)
    return UInt32(directories.count - 1)
  }
}
