import Foundation
import MillracePipeline
import MillraceReports

/// What a packed file holds, for people and as JSON.
struct PackContents: Encodable {
  let path: String
  let source: String?
  /// What decoded pixels were made for; empty where the image files themselves are packed.
  let pixels: [String: String]
  let training: Int
  let validation: Int
  let classes: [String]
  let byteCount: Int
  let notices: [String]

  /// Reads what the file says of itself.
  ///
  /// - Throws: `DatasetError` for a file that is damaged.
  init(_ path: String) throws {
    let tree = try DatasetTree.scan(path)
    self.path = path
    source = tree.training.packSource
    pixels = tree.training.packedSettings
    training = tree.training.count
    validation = tree.validation?.count ?? 0
    classes = tree.training.classes
    byteCount = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    notices = tree.training.packNotices
  }

  /// The text, for so many columns; nil: as wide as need be.
  func lines(width: Int?) -> [String] {
    let made = pixels.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let entries: [(String, String)] = [
      ("pack", path.printable), ("made from", source?.printable ?? "unknown"),
      ("holds", pixels.isEmpty ? "image files" : "pixels decoded for \(made)"),
      (
        "images",
        Figures.count(training) + (validation > 0 ? " and \(Figures.count(validation)) to validate on" : "")
      ),
      ("bytes", Figures.bytes(byteCount)), ("classes", Figures.count(classes.count)),
    ]
    let name = entries.map(\.0.count).max() ?? 0
    var lines = namedLines(entries)
    lines += classes.map(\.printable).joined(separator: ", ")
      .wrapped(columns: width ?? 100, indent: name + 2, hanging: name + 2)
    lines += notices.map { "note: \($0)".printable }
    return lines + ["", "next  \(NextStep("train", path))"]
  }
}
