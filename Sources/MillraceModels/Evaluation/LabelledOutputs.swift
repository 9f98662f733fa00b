/// What a model has put out for labelled images, one row an image: all that figures can be computed from again.
public struct LabelledOutputs: Sendable {
  /// The number of classes.
  public let classCount: Int
  /// The class of each image, from 0.
  public private(set) var labels: [Int32] = []
  /// (images, classes), row after row.
  public private(set) var outputs: [Float] = []

  /// No image yet.
  public init(classCount: Int) {
    self.classCount = classCount
  }

  /// Adds an image.
  ///
  /// - Parameters:
  ///   - label: Its class, from 0.
  ///   - outputs: One a class.
  public mutating func add(label: Int, outputs: some Collection<Float>) {
    precondition(
      outputs.count == classCount && (0..<classCount).contains(label),
      "an output for each class, and one of them")
    labels.append(Int32(label))
    self.outputs.append(contentsOf: outputs)
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The class that an image is taken for: the one with the largest output, the first of equals.
  public func predicted(_ image: Int) -> Int {
    outputs.withUnsafeBufferPointer { all in
      all.baseAddress.map { largest(of: $0 + image * classCount, count: classCount) } ?? 0
    }
  }

  /// An image's output for a class.
  public subscript(image: Int, label: Int) -> Float { outputs[image * classCount + label] }
}
