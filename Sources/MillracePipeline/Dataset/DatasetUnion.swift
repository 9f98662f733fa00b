extension Dataset {
  /// Whether both data sets come from one scan, so that they can share a cache.
  package func sharesNames(with other: Dataset) -> Bool { storage === other.storage }

  /// The samples of this data set, then those of another with the same classes.
  public func joined(with other: Dataset) -> Dataset {
    precondition(classes.isExactly(other.classes), "data sets of different classes cannot be joined")
    if sharesNames(with: other) {
      let files = [self, other].flatMap { part in (0..<part.count).map { UInt32(part.file(of: $0)) } }
      return Dataset(
        classes: classes, storage: storage, labels: labels, selection: files,
        marks: FileMarks(
          groups: marks.groups ?? other.marks.groups, weights: marks.weights ?? other.marks.weights))
    }
    // Paths are stored as they are, without a common root; see ``rawPath(of:)``.
    var storage = DatasetStorage(root: [])
    var labels: [Int32] = []
    for part in [self, other] {
      var directories: [Int: UInt32] = [:]
      for sample in 0..<part.count {
        let directory = part.directory(of: sample)
        let packed = part.packed(sample)
        let number =
          directories[directory]
          ?? {
            let path = part.rawPath(of: sample)
            let nameStart = path.lastIndex(of: 0x2F).map { $0 + 1 } ?? 0
            labels.append(Int32(part.label(of: sample)))
            let pack = packed.map { storage.addPack($0.pack) } ?? -1
            let number = storage.addDirectory(path: path[..<nameStart], pack: pack)
            directories[directory] = number
            return number
          }()
        Array(part.storage.value.name(ofFile: part.file(of: sample))).withUnsafeBufferPointer {
          storage.addFile($0, in: number, record: packed.map { UInt32($0.record) })
        }
      }
    }
    storage.trim()
    return Dataset(
      classes: classes, storage: DatasetStorageBox(storage), labels: labels, selection: nil,
      marks: joinedMarks(with: other))
  }
}
