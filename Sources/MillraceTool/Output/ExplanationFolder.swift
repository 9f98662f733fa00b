import Foundation
import MillraceImages
import MillraceModels
import MillraceReports

/// The folder that explanations fill: a picture for each image, and a page of them.
final class ExplanationFolder {
  private let path: String
  private var page: ExplanationsPage

  /// Creates the folder.
  ///
  /// - Parameters:
  ///   - path: A new folder, or one that is empty.
  ///   - model: The model's file, for people.
  /// - Throws: ``FileError`` where it holds something, or cannot be made.
  init(_ path: String, model: String) throws(FileError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    page = ExplanationsPage(model: model)
    if let names = try? FileManager.default.contentsOfDirectory(atPath: path), names.isEmpty { return }
    let (parent, name) = splitPath(self.path)
    _ = try NewFolder.create(named: name, in: parent)
  }

  /// Writes the picture of a prediction's explanation, and returns its path.
  func add(_ prediction: Prediction) throws -> String? {
    guard let explanation = prediction.explanation else { return nil }
    let name = URL(fileURLWithPath: prediction.path).deletingPathExtension().lastPathComponent
    let stem = plainName(name, atMost: 80)
    let file = String(format: "%05d", page.count + 1) + "-\(stem).png"
    try DurableFile.write(ImageEncoder.png(explanation.image), to: "\(path)/\(file)")
    page.add(explanation, of: prediction.path, file: file)
    return "\(path)/\(file)"
  }

  /// Writes the page.
  ///
  /// - Parameter note: Is told what covering has done.
  func finish(note: (String) -> Void) throws {
    guard page.count > 0 else { return }
    try DurableFile.write(page.html, to: "\(path)/\(ExplanationsPage.name)")
    note("\(path)/\(ExplanationsPage.name): \(page.check)")
  }
}
