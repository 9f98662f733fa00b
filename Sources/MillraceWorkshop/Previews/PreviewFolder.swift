import Foundation
import MillraceImages
import MillraceModels
import MillracePipeline
import MillraceTraining

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What was drawn for one variant.
struct PlanRecord {
  let variant: Int
  let epoch: Int
  let plan: AugmentationPlan
  /// How the row was mixed; nil where the minibatch is not mixed.
  let mixed: MixingRecord?

  /// What was drawn: each augmentation with the numbers that mean something to a person.
  var words: [String] {
    // The border is not drawn, a field's keys are its seed, and a value of zero changes nothing.
    let steps = plan.steps.filter { $0.name != "border" }.map { step in
      let values = step.values.filter { !$0.name.hasPrefix("key") && $0.value != 0 }
        .map { "\($0.name) \(Double($0.value).rounded(toDigits: 3).shortText)" }
      return values.isEmpty ? step.name : "\(step.name): \(values.joined(separator: ", "))"
    }
    return steps + (mixed == nil ? [] : ["mixed with another image"])
  }
}

/// The folder that a preview fills: image files, a contact sheet and `plans.json`.
///
/// It is made when the first image is ready, so an error before that leaves nothing behind.
struct PreviewFolder {
  /// An entry of `plans.json`: a file and what was drawn for it.
  private struct Entry: Encodable {
    let file: String
    let source: String
    let `class`: String
    let variant: Int
    let epoch: Int
    let plan: AugmentationPlan
    let mixed: MixingRecord?
  }

  /// The largest number of pixels of a contact sheet: what any viewer opens.
  private static let largestSheet = 100_000_000

  private let path: String
  private let format: Preview.FileFormat
  private let columns: Int
  private let preprocessing: Preprocessing
  private let replaces: Bool
  private var sources: [Preview.Source] = []
  private var rows: [[Image]] = []
  private var entries: [Entry] = []
  private var files: [String] = []
  private var names: Set<String> = []
  private(set) var sourceCount = 0

  /// The names of the files beside the images.
  static let (sheetName, plansName, pageName) = ("contact-sheet.png", "plans.json", "preview.html")

  init(
    path: String, format: Preview.FileFormat, columns: Int, preprocessing: Preprocessing, replaces: Bool
  ) {
    self.replaces = replaces
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.format = format
    self.columns = columns
    self.preprocessing = preprocessing
  }

  /// Writes one source image's original and variants.
  ///
  /// - Parameters:
  ///   - pictures: The original, then the variants.
  ///   - plans: What was drawn for each variant.
  ///   - source: The path of the file, as people read it.
  ///   - className: The name of its class.
  mutating func add(_ pictures: [Image], plans: [PlanRecord], path source: String, className: String) throws {
    if sourceCount == 0 { try makeFolder() }
    let stem = uniqueStem(source: source, className: className)
    let labels = ["original"] + plans.map { "v\($0.variant)" }
    var row = Preview.Source(path: source, className: className, pictures: [])
    for (place, (label, picture)) in zip(labels, pictures).enumerated() {
      let file = "\(stem)-\(label).\(format.fileExtension)"
      try DurableFile.write(try encoded(picture), to: "\(path)/\(file)")
      files.append("\(path)/\(file)")
      let plan = place > 0 ? plans[place - 1] : nil
      row.pictures.append(
        Preview.Picture(file: file, epoch: plan?.epoch, drawn: plan?.words ?? []))
    }
    sources.append(row)
    for record in plans {
      entries.append(
        Entry(
          file: "\(stem)-v\(record.variant).\(format.fileExtension)", source: source, class: className,
          variant: record.variant, epoch: record.epoch, plan: record.plan,
          mixed: record.mixed))
    }
    // Small pictures are enlarged on the sheet.
    let pixels = max(preprocessing.size.width * preprocessing.size.height, 1 << 14) * columns
    if (rows.count + 1) * pixels <= Self.largestSheet || rows.isEmpty { rows.append(pictures) }
    sourceCount += 1
  }

  /// Writes the contact sheet and the plans.
  func finish(policy: String, skipped: [SkippedSample]) throws -> Preview.Outcome {
    let sheet = "\(path)/\(Self.sheetName)"
    try DurableFile.write(ImageEncoder.png(ContactSheet(rows: rows).image), to: sheet)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let plans = "\(path)/\(Self.plansName)"
    try DurableFile.write(String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n", to: plans)
    return Preview.Outcome(
      folder: path, contactSheet: sheet, plans: plans, images: files, sources: sources, policy: policy,
      skipped: skipped)
  }

  /// Checks that a folder can be written into: it does not exist, is empty, or holds only files that may be
  /// replaced.
  ///
  /// - Parameter replaces: Whether the files of an earlier preview may be removed.
  /// - Throws: ``FileError/alreadyExists(path:)``: a preview overwrites nothing else and mixes with nothing.
  static func checkIsFree(_ path: String, replacing replaces: Bool) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw .alreadyExists(path: path)
    }
    let isFree = names.isEmpty || (replaces && Set(names).isSubset(of: earlierFiles(in: path, among: names)))
    if !isFree { throw .alreadyExists(path: path) }
  }

  /// Those of some files that an earlier preview has written into a folder, as its `plans.json` names them.
  private static func earlierFiles(in path: String, among names: [String]) -> Set<String> {
    struct File: Decodable { let file: String }
    guard let data = FileManager.default.contents(atPath: "\(path)/\(plansName)"),
      let entries = try? JSONDecoder().decode([File].self, from: data)
    else { return [] }
    let variants = entries.map(\.file)
    // `stem-v1.png` was made of `stem-original.png`.
    let originals = variants.compactMap { file -> String? in
      guard let dash = file.lastIndex(of: "-"), let dot = file.lastIndex(of: ".") else { return nil }
      return "\(file[..<dash])-original\(file[dot...])"
    }
    return Set(variants + originals + [sheetName, plansName, pageName])
  }

  private func makeFolder() throws {
    do {
      let (parent, name) = splitPath(path)
      _ = try NewFolder.create(named: name, in: parent)
    } catch FileError.alreadyExists {
      try Self.checkIsFree(path, replacing: replaces)
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      // The list is removed last, so that what is left after an interruption is still known.
      for name in names where name != Self.plansName {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
      }
      unlink("\(path)/\(Self.plansName)")
    }
  }

  private func encoded(_ picture: Image) throws -> [UInt8] {
    format == .png ? ImageEncoder.png(picture) : try ImageEncoder.jpeg(picture, quality: 95)
  }

  /// A name `class-source` of characters that every system takes, which no other image has.
  private mutating func uniqueStem(source: String, className: String) -> String {
    let file = splitPath(source).name
    let name = file.lastIndex(of: ".").map { $0 > file.startIndex ? String(file[..<$0]) : file } ?? file
    let stem = "\(plainName(className, atMost: 60))-\(plainName(name, atMost: 80))"
    var candidate = stem
    var number = 2
    // Some file systems do not tell a from A.
    while !names.insert(candidate.lowercased()).inserted {
      candidate = "\(stem)-\(number)"
      number += 1
    }
    return candidate
  }
}
