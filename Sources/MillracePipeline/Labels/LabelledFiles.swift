import Foundation

extension DatasetTree {
  /// The images that a table names: a data set as the folders would make it that the table describes.
  ///
  /// Classes are in natural order, and the images of a class in that of their paths' parts. Rows for testing are not
  /// looked at.
  ///
  /// - Parameters:
  ///   - path: The table.
  ///   - folder: What paths in it are relative to; nil: the folder that it lies in.
  /// - Throws: ``DatasetError``.
  static func labelled(by path: String, in folder: String?) throws(DatasetError) -> DatasetTree {
    let files = try LabelledFiles(path, in: folder)
    let training = files.dataset(of: files.hasSplits ? .training : nil)
    var tree = DatasetTree(training: training, faults: training.faults(requiring: 2))
    tree.isTable = true
    if training.count == 0, let fault = tree.faults.first { throw fault }
    let validation = files.dataset(of: .validation)
    if validation.count > 0 {
      tree.validation = try validation.labelled(by: training.classes, allowsMissing: true)
    }
    let tests = files.rows.count { $0.role == .test }
    if tests > 0 {
      tree.testFolder = "test"
      tree.testNotice = "\(training.root): its \(tests) images of split test are not looked at"
    }
    return tree
  }
}

/// The files that a table names, each of which is there.
struct LabelledFiles {
  /// The rows, with paths relative to the root.
  let rows: [LabelTable.Row]
  private let hasGroups: Bool
  /// What a person should know of them, each in one line.
  private var notices: [String] = []
  /// The table, for messages.
  private let table: String
  /// What tells it from other files: nothing is written over it.
  private let identity: DirectoryListing.Identity?
  private let root: [UInt8]

  /// Reads a table and looks for its files.
  ///
  /// - Parameters:
  ///   - path: The table.
  ///   - folder: What paths in it are relative to; nil: the folder that it lies in. Where the first file is not there but
  ///     below the working folder, paths are relative to that, as in lists that this program writes.
  ///   - column: A column whose texts are wanted, see ``LabelTable/Row/value``.
  init(_ path: String, in folder: String?, keeping column: String? = nil) throws(DatasetError) {
    table = Dataset.shown(path)
    var place = folder ?? path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let bytes = try Self.contents(of: path)
    identity = DirectoryListing.Identity(of: Array(path.utf8))
    do throws(LabelTableFault) {
      let table = try LabelTable(bytes, path: path, keeping: column)
      let rows = table.rows
      hasGroups = table.hasGroups
      if let first = rows.first?.path, !first.hasPrefix("/"), Self.file(first, below: place + "/") == nil,
        Self.file(first, below: "") != nil
      {
        place = "."
        notices = [
          "\(self.table): its paths are taken to begin at the working folder, where the first one leads"
        ]
      }
      // A path that begins at the system's root leaves the others no root but that.
      let isAnywhere = rows.contains { $0.path.hasPrefix("/") }
      let root = isAnywhere ? [] : Array(place.utf8)
      self.root = root
      self.rows = rows.map { row in
        let row = isAnywhere && !row.path.hasPrefix("/") ? row.moved(to: place + "/" + row.path) : row
        guard row.path.utf8.contains(UInt8(ascii: "\\")) else { return row }
        return Self.file(row.path, below: isAnywhere ? "" : place + "/").map(row.moved(to:)) ?? row
      }
      for row in self.rows { try requireFile(row) }
    } catch {
      throw .labels(path: table, error)
    }
  }

  /// The path of a file that is there, which may be spelled as lists of this program show paths: a line break, for one, as
  /// `\x0a`. A file of just this name comes first.
  private static func file(_ path: String, below place: String) -> String? {
    func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: place + path) }
    if isThere(path) { return path }
    return PathName.name(shownAs: path).flatMap { isThere($0) ? $0 : nil }
  }

  private static func contents(of path: String) throws(DatasetError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Dataset.error(Array(path.utf8), SystemError(code: errno)) }
    guard let data = try? FileHandle(fileDescriptor: file, closeOnDealloc: true).readToEnd() else {
      throw Dataset.error(Array(path.utf8), SystemError(code: EIO))
    }
    return [UInt8](data)
  }

  /// The path of a row's file as the system knows it.
  func path(of row: LabelTable.Row) -> [UInt8] {
    root + (root.isEmpty || root.last == 0x2F ? [] : [0x2F]) + Array(row.path.utf8)
  }

  private func requireFile(_ row: LabelTable.Row) throws(LabelTableFault) {
    let path = path(of: row)
    var status = stat()
    let code = withSystemPath(path, { stat($0, &status) }) == 0 ? 0 : errno
    if code == 0, status.st_mode & S_IFMT == S_IFREG { return }
    throw LabelTableFault(
      line: row.line, column: "path",
      problem: "\(PathName.shown(path)) "
        + (code == 0 ? "is no file" : "cannot be found: \(SystemError(code: code).reason)")
        + "; paths are relative to \(root.isEmpty ? "/" : PathName.shown(root))")
  }

  /// Whether the table divides its images.
  var hasSplits: Bool { rows.contains { $0.role != nil } }

  /// That images count differently in training; nil where they do not.
  private var weightNotice: String? {
    let weights = rows.compactMap(\.weight)
    guard let least = weights.min(), let largest = weights.max(), (least, largest) != (1, 1) else {
      return nil
    }
    return
      "\(table): its column weight, from \(least) to \(largest), multiplies the loss of each image in training; "
      + "figures of validation and evaluation count every image once"
  }

  /// The images of a part.
  ///
  /// - Parameter role: The part; nil: all of them.
  func dataset(of role: FolderRole?) -> Dataset {
    let rows = rows.filter { role == nil || $0.role == role }
    let classes = Set(rows.map { ExactText($0.label) }).map(\.text).sorted(by: NaturalOrder.precedes)
    let numberOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { (ExactText($1), $0) })
    var rowsOfClass = [[(parts: [Substring], row: LabelTable.Row)]](repeating: [], count: classes.count)
    for row in rows {
      let parts = row.path.split(separator: "/", omittingEmptySubsequences: false)
      rowsOfClass[numberOf[ExactText(row.label)] ?? 0].append((parts, row))
    }
    var storage = DatasetStorage(root: root)
    var labels: [Int32] = []
    // Where all count the same, nothing is known that other data sets do not have.
    let isWeighted = rows.contains { $0.weight.map { $0 != 1 } ?? false }
    var marks = FileMarks(groups: hasGroups ? [] : nil, weights: isWeighted ? [] : nil)
    for (label, rows) in rowsOfClass.enumerated() {
      var directory: (path: ArraySlice<Substring>, number: UInt32)?
      for (path, row) in rows.sorted(by: { precedes($0.parts, $1.parts) }) {
        let parent = path.dropLast()
        if directory?.path != parent {
          directory = (parent, storage.addDirectory(path: parent.joined(separator: "/").utf8, pack: -1))
          labels.append(Int32(label))
        }
        guard let directory, var name = path.last.map(String.init) else { continue }
        name.withUTF8 { storage.addFile($0, in: directory.number) }
        marks.groups?.append(row.group.map { GroupName.key($0.utf8) } ?? 0)
        marks.weights?.append(row.weight ?? 1)
      }
    }
    storage.trim()
    storage.name = table
    storage.notices = notices + [weightNotice].compactMap { $0 }
    if let identity { storage.addPlace(identity) }
    return Dataset(
      classes: classes.map { PathName.shown($0.utf8) }, storage: DatasetStorageBox(storage), labels: labels,
      selection: nil, marks: marks)
  }
}

extension Dataset {
  /// Whether some file is in both.
  func sharesFiles(with other: Dataset) -> Bool {
    let paths = Set((0..<other.count).map(other.rawPath(of:)))
    return (0..<count).contains { paths.contains(rawPath(of: $0)) }
  }
}

/// Whether a path comes before another: part by part, as folders are listed.
private func precedes(_ left: [Substring], _ right: [Substring]) -> Bool {
  for (a, b) in zip(left, right) where a != b {
    return NaturalOrder.precedes(String(a), String(b))
  }
  return left.count < right.count
}

extension LabelTable.Row {
  fileprivate func moved(to path: String) -> LabelTable.Row {
    LabelTable.Row(
      path: path, label: label, role: role, group: group, weight: weight, value: value, line: line)
  }
}
