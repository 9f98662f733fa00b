import MillraceImages

extension Dataset {
  /// The images of a packed file that holds one set of images.
  ///
  /// - Throws: ``DatasetError``.
  static func packed(_ path: String, minimumClasses: Int) throws(DatasetError) -> Dataset {
    let pack = try PackedImages.opened(path)
    guard pack.index.head.partCount == 1 else {
      throw .pack(.severalParts(path: PathName.shown(path.utf8)))
    }
    return try pack.dataset(ofPart: 0, root: path).requiringClasses(minimumClasses)
  }

  /// Notices for people about the packed files among the images that are older than the folder from which they were
  /// made.
  public var packNotices: [String] { storage.value.packs.compactMap(\.stalenessNotice) }

  /// Checks that packed pixels are those to which files would be decoded.
  package func requirePixels(of form: CanonicalForm) throws(DatasetError) {
    guard storage.value.packs.contains(where: { $0.index.head.channels > 0 }) else { return }
    for sample in 0..<count {
      guard let (pack, number) = packed(sample) else { continue }
      let record = pack.index.records[number]
      guard record.kind == PackRecord.Kind.pixels.rawValue else { continue }
      if let reason = pack.difference(of: record, from: form) {
        throw .pack(
          .otherPixels(path: PathName.shown(pack.path.utf8), packedFor: pack.index.packedFor, reason: reason))
      }
    }
  }

  /// Whether a path leads to a packed file.
  public static func isPacked(_ path: String) -> Bool { PackedImages.isPack(path) }

  /// Checks that the images are files of their own.
  public func requireTree() throws(DatasetError) {
    if let pack = storage.value.packs.first {
      throw .pack(.isPacked(path: PathName.shown(pack.path.utf8), source: pack.index.source))
    }
  }

  /// Checks that no packed pixels take the place of missing files.
  public func requireFiles() throws(DatasetError) {
    for pack in storage.value.packs where pack.index.head.channels > 0 {
      throw .pack(.holdsPixels(path: PathName.shown(pack.path.utf8), source: pack.index.source))
    }
  }

  /// The place of a sample in a packed file; nil for a file of its own.
  @inline(__always)
  func packed(_ sample: Int) -> (pack: PackedImages, record: Int)? {
    storage.value.packed(file: file(of: sample))
  }
}

extension DatasetTree {
  /// The images of a packed file.
  static func packed(_ path: String) throws(DatasetError) -> DatasetTree {
    let pack = try PackedImages.opened(path)
    let validation = try pack.validation(root: path)
    return DatasetTree(
      training: try pack.dataset(ofPart: 0, root: validation == nil ? path : path + "/train")
        .requiringClasses(2),
      validation: validation, validationFolder: validation == nil ? nil : "val")
  }
}

extension PackedImages {
  static func opened(_ path: String) throws(DatasetError) -> PackedImages {
    do throws(PackError) {
      return try PackedImages(path)
    } catch {
      throw .pack(error)
    }
  }

  /// The images to validate on; nil where there is no such part. A class may have none.
  func validation(root: String) throws(DatasetError) -> Dataset? {
    guard index.head.partCount == 2 else { return nil }
    let part = dataset(ofPart: 1, root: root + "/val")
    if part.count == 0 { throw .classesWithoutImages(path: part.root, names: part.classes) }
    return part
  }

  /// A part's images under the names that they had.
  func dataset(ofPart part: UInt32, root: String) -> Dataset {
    var storage = DatasetStorage(root: Array(root.utf8), names: index.names)
    let pack = storage.addPack(self)
    var labels: [Int32] = []
    var numberOfDirectory: [UInt32: UInt32] = [:]
    for (number, directory) in index.directories.enumerated() where directory.part == part {
      numberOfDirectory[UInt32(number)] = storage.addDirectory(
        pathStart: Int(directory.pathStart), pathLength: Int(directory.pathLength), pack: pack)
      labels.append(directory.label)
    }
    var marks = FileMarks(
      groups: index.records.contains { $0.hasGroup == 1 } ? [] : nil,
      weights: index.records.contains { $0.hasWeight == 1 } ? [] : nil)
    for (number, record) in index.records.enumerated() {
      guard let directory = numberOfDirectory[record.directory] else { continue }
      marks.groups?.append(record.hasGroup == 1 ? record.group : 0)
      marks.weights?.append(record.weight)
      storage.addFile(nameStart: Int(record.nameStart), in: directory, record: UInt32(number))
    }
    return Dataset(
      classes: index.classes, storage: DatasetStorageBox(storage), labels: labels, selection: nil,
      marks: marks)
  }

  /// How a record was decoded to the pixels of a form; nil where it holds no pixels of that form.
  func report(of number: Int, for form: CanonicalForm) -> DecodeReport? {
    let record = index.records[number]
    guard index.head.channels == UInt32(form.channels.rawValue),
      index.head.background == form.background.packed,
      record.kind == PackRecord.Kind.pixels.rawValue,
      record.size.reduction(leaving: form.atLeast) == record.reduction,
      let orientation = ExifOrientation(rawValue: record.orientation),
      let format = ImageFormat(number: record.format)
    else { return nil }
    return DecodeReport(
      format: format, originalSize: record.size, reduction: Int(record.reduction),
      orientation: orientation, warnings: Int(record.warnings), isTruncated: false)
  }

  /// Why a record's pixels are not those of a form, in words; nil if they are.
  func difference(of record: PackRecord, from form: CanonicalForm) -> String? {
    let head = index.head
    if head.channels != UInt32(form.channels.rawValue) {
      return "channels \(form.channels.name)"
    }
    if head.background != form.background.packed { return "the background \(RGBColor(form.background))" }
    if record.size.reduction(leaving: form.atLeast) != record.reduction {
      return "\(form.atLeast.width)×\(form.atLeast.height) pixels of each image before augmentation"
    }
    return nil
  }
}

extension SIMD3<UInt8> {
  /// Red, green and blue in one number, red lowest.
  var packed: UInt32 { UInt32(x) | UInt32(y) << 8 | UInt32(z) << 16 }
}
