import MillraceModels

/// What the last layer's outputs become in C.
struct CAnswer {
  let model: Model

  /// The function that makes an answer of a network's outputs; nil where they are it.
  var function: CFunction? {
    switch model.network.loss {
    case .crossEntropy: .softmax
    case .binaryCrossEntropy: .sigmoid
    case .hinge, .squaredError: nil
    }
  }

  /// What the values are, for people.
  var words: String {
    switch model.network.loss {
    case .crossEntropy: "the probability of each class; together they are 1"
    case .binaryCrossEntropy: "the probability of each class, from 0 to 1, each for itself"
    case .hinge, .squaredError: "the score of each class; the largest wins, and none is a probability"
    }
  }
}
