import MillraceImages
import MillraceModels

/// The text that stands beside an exported model: what the pixels must be, and what comes out.
struct ModelInWords {
  let model: Model
  /// The names of the files that belong together, the model's own first.
  let names: [String]
  let format: ExportFormat
  let options: ExportOptions

  /// The text, in lines of at most 100 columns where words let it.
  var text: String {
    let parts =
      [("Files", names.joined(separator: "\n"))]
      + [("Input", input), ("Output", output), ("Use", use)].map { ($0, $1.wrapped(to: 100)) }
      + [("Classes, in the order of the outputs", model.classes.joined(separator: "\n"))]
    return "A classifier of pictures, written by millrace export.\n\n"
      + parts.map { "\($0)\n\n\($1)\n" }.joined(separator: "\n")
  }

  private var preprocessing: Preprocessing { model.preprocessing }

  private var input: String {
    switch format {
    case .onnx: "'\(options.input.name)': " + preprocessing.inWords(options.input)
    case .c: "'rgb': " + preprocessing.pictureInWords
    case .npz, .safetensors: preprocessing.pixelsInWords + " " + normalizationInWords
    }
  }

  /// What is inside of graphs and programs, and not of weights.
  private var normalizationInWords: String {
    let normalization = preprocessing.normalization
    let steps = zip(normalization.mean, normalization.standardDeviation).map { mean, deviation in
      "(pixel / 255 − \(mean)) / \(deviation)"
    }
    let order = steps.count == 1 ? "" : " for red, green and blue in this order"
    return
      "5. Each pixel becomes \(steps.joined(separator: ", "))\(order). The first layer takes the planes one after "
      + "another, each row by row."
  }

  private var output: String {
    let values = CAnswer(model: model).words
    switch format {
    case .onnx:
      return "'\(ONNXFile.outputName(of: model))': float32 of (\(options.input == .image ? "1" : "batch"), "
        + "\(model.classes.count)), \(values)."
    case .c: return "\(model.classes.count) floats, \(values)."
    case .npz, .safetensors:
      var steps: [String] = []
      switch model.network.loss {
      case .crossEntropy: steps.append("a softmax makes probabilities of the last layer's values")
      case .binaryCrossEntropy:
        steps.append("a sigmoid makes a probability of each of the last layer's values")
      case .hinge, .squaredError:
        steps.append("the last layer's values are scores, the largest of which wins")
      }
      if model.members.count > 1 {
        steps.append("the answer is the mean of what \(model.members.count) networks say")
      }
      if model.temperature != 1 {
        steps.append(
          "the probabilities are raised to the power 1 / \(model.temperature) and divided by their sum")
      }
      return "\(model.classes.count) values: \(steps.joined(separator: "; "))."
    }
  }

  private var use: String {
    switch format {
    case .onnx:
      "python3 \(names.last ?? "") PICTURE... says what is on pictures, as millrace predict does. Where the pixels are made "
        + "otherwise than above, the model sees other pictures than it was trained on, and is wrong more often."
    case .c:
      "\(names.dropFirst().first ?? "The header") says how the functions are called. Compile with cc -std=c99 -O3 and link "
        + "with -lm."
    case .npz:
      "numpy.load reads the weights, (outputs, inputs), under their names, and the network's description as JSON under "
        + "millrace.network."
    case .safetensors:
      "millrace, and safetensors.numpy.load_file, read the weights, (outputs, inputs), under their names; the metadata "
        + "hold the network's description as JSON under millrace.network."
    }
  }
}

extension String {
  /// The words in lines of at most so many characters, of which one word may have more.
  fileprivate func wrapped(to width: Int) -> String {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }
}
