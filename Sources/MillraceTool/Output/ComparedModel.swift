import MillraceModels
import MillracePipeline
import MillraceReports

/// Another model that is measured on the same images.
struct ComparedModel {
  private let path: String
  private let model: Model
  private let images: MeasuredImages

  /// Reads it, and checks that it can be compared.
  ///
  /// - Parameters:
  ///   - path: A model file or a run folder.
  ///   - data: The images.
  ///   - labels: A table of their classes, where there is one.
  ///   - first: The model that it is compared with.
  ///   - format: Is told what a person should know.
  init(_ path: String, on data: String, labels: String?, with first: Model, _ format: ResultOptions) throws {
    self.path = path
    model = try Model.loaded(from: path, note: format.note)
    guard Set(model.classes.map(ExactText.init)) == Set(first.classes.map(ExactText.init)) else {
      throw ConfigurationError(
        setting: "--compare", problem: "\(path) has other classes; name a model of the same classes")
    }
    images = try MeasuredImages(data, labels: labels, classes: model.classes)
  }

  /// How both do.
  ///
  /// - Parameters:
  ///   - answers: What the first model says of each image.
  ///   - inference: How models are run.
  func compared(with answers: [EvaluatedImage], _ inference: InferenceFlags) throws -> ModelComparison {
    var others: [EvaluatedImage] = []
    _ = try model.evaluate(images.dataset, options: inference.options(for: model)) { others.append($0) }
    return ModelComparison(answers, others, other: path)
  }
}
