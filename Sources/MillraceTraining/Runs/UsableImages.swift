import MillracePipeline

/// The number of images of each class that a run can use: the rule by which `check` and `train` judge a data
/// set.
package struct UsableImages: Sendable {
  /// The names of the classes, by label.
  package let classes: [String]
  /// The number of images to train on, by label.
  package var training: [Int]
  /// The number of images to validate on, by label; nil without validation.
  package var validation: [Int]?

  package init(classes: [String], training: [Int], validation: [Int]?) {
    self.classes = classes
    self.training = training
    self.validation = validation
  }

  /// Why a run on these images ends with an error; empty where it does not.
  package var problems: [String] {
    if training.allSatisfy({ $0 == 0 }) { return ["no image can be used; check the files listed"] }
    var problems: [String] = []
    let empty = classes.indices.filter { training[$0] == 0 }
    if !empty.isEmpty {
      problems.append("no usable training image in \(names(of: empty)); add images or remove the class")
    }
    if let validation, validation.allSatisfy({ $0 == 0 }) {
      problems.append("no image can be used to validate on; restore the files listed, or validate on others")
    }
    return problems
  }

  /// The classes without a validation image, where others have some.
  var unvalidated: [Int] {
    guard let validation, validation.contains(where: { $0 > 0 }) else { return [] }
    return classes.indices.filter { validation[$0] == 0 }
  }

  /// A notice for people about these classes; nil where there are none.
  package var notice: String? {
    let empty = unvalidated
    if empty.isEmpty { return nil }
    return "no usable validation image in \(names(of: empty)): validation says nothing of "
      + (empty.count == 1 ? "this class" : "these classes")
  }

  private func names(of labels: [Int]) -> String {
    let told = classes.toldApart
    let shown = labels.prefix(10).map { "'\(told[$0])'" }.joined(separator: ", ")
    return labels.count > 10 ? "\(shown) and \(labels.count - 10) more" : shown
  }
}

extension UsableImages {
  /// All images, before any was read.
  init(training: Dataset, validation: Dataset?) {
    self.init(
      classes: training.classes, training: training.countPerClass, validation: validation?.countPerClass)
  }
}
