import Foundation
package import MillracePipeline

extension RunFolder {
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
