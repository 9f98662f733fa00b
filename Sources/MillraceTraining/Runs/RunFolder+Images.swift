import Foundation
package import MillraceModels
package import MillracePipeline

extension RunFolder {
  /// The places of the images from which the run was made, as its configuration names them.
  package var dataRoots: [String] {
    guard let text = try? String(contentsOfFile: configuration, encoding: .utf8),
      let entries = try? ConfigurationFile.entries(of: text, path: configuration)
    else { return [] }
    let labels = entries.contains { $0.key == "labels" }
    return entries.filter {
      ConfigurationSetting.imagePaths.contains($0.key) && !(labels && $0.key == "data")
    }
    .map(\.text)
  }

  /// The images that the run was trained on, as its configuration finds them now; nil where it has none.
  ///
  /// - Throws: `ConfigurationError`, or `DatasetError` where they are not there any more.
  package func trainingImages() throws -> Dataset? {
    guard let text = try? String(contentsOfFile: configuration, encoding: .utf8) else { return nil }
    var settings = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(text, path: configuration, to: &settings)
    return try TrainingData(settings).training
  }
}
