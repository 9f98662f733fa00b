import MillraceModels

/// The names, the sizes and the public functions of a C file.
struct CLayout {
  /// What its public names begin with.
  let prefix: String
  let model: Model
  /// The most values between two layers, or of a row of the picture.
  let widest: Int
  /// The most values of eight bits; 0 where there are none.
  let numbers: Int
  /// The most values of a window, with what comes of it; 0 where there are none.
  let window: Int

  /// What its macros begin with.
  var macro: String { prefix.uppercased() }

  /// The longest side of a picture.
  static let largestSide = 65_535

  /// The floats of working memory: the input, two places for what is between layers, a window, numbers of eight bits, and
  /// another network's answer.
  var workspace: Int {
    model.preprocessing.featureCount + 2 * widest + window + (numbers + 3) / 4
      + (model.members.count > 1 ? model.classes.count : 0)
  }

  /// The working memory that networks take, in the order of their parameters.
  static func memory(numbers: Int, window: Int) -> [(type: String, name: String)] {
    [("float", "a"), ("float", "b")] + (window > 0 ? [("float", "window")] : [])
      + (numbers > 0 ? [("unsigned char", "numbers")] : [])
  }

  /// The functions that the header declares, and what they share.
  func functions(_ picture: CPicture, _ answer: CAnswer) -> String {
    """
    static const float scale[CHANNELS] = {\(scale)}, offset[CHANNELS] = {\(offset)};

    /* What the classifier says of pixels, which may stand where the workspace begins. */
    static int classify(const float *pixels, float *workspace, float *outputs) {
      float *input = workspace, *a = input + CHANNELS * AREA, *b = a + \(widest);
      \(window > 0 ? "float *window = b + \(widest);\n  " : "")\
    \(numbers > 0 ? "unsigned char *numbers = (unsigned char *)(b + \(widest + window));\n  " : "")\
    \(isEnsemble ? "float *answer = b + \(widest + window + (numbers + 3) / 4);\n  " : "")int i, c, best = 0;
      for (c = 0; c < CHANNELS; c++)
        for (i = c * AREA; i < (c + 1) * AREA; i++) input[i] = pixels[i] * scale[c] + offset[c];
    \(calls(answer).map { "  \($0)" }.joined(separator: "\n"))
      for (i = 1; i < \(macro)_CLASSES; i++)
        if (outputs[i] > outputs[best]) best = i;
      return best;
    }

    int \(prefix)_classify_pixels(const float *pixels, float *workspace, float *outputs) {
      return classify(pixels, workspace, outputs);
    }

    int \(prefix)_classify(
        const unsigned char *rgb, int width, int height, size_t stride, float *workspace, float *outputs) {
      picture p;
      int factor;
      if (width < 1 || height < 1 || width > \(macro)_LARGEST_SIDE || height > \(macro)_LARGEST_SIDE) return -1;
      if (stride < 3 * (size_t)width) return -1;
      for (factor = 8; factor > 1; factor /= 2)
        if (\(picture.suffices)) break;
      {
        \(picture.box.split(separator: "\n").joined(separator: "\n    "))
        p.rgb = rgb;
        p.stride = stride;
        p.width = width;
        p.height = height;
        p.factor = factor;
        p.x = make_axis(width, factor, box_width, WIDTH);
        p.y = make_axis(height, factor, box_height, HEIGHT);
      }
      prepare(&p, workspace + CHANNELS * AREA, workspace);
      return classify(workspace, workspace, outputs);
    }
    """
  }

  private var isEnsemble: Bool { model.members.count > 1 }

  /// What runs the networks and makes their answer of what they say.
  private func calls(_ answer: CAnswer) -> [String] {
    let buffers = "input, " + Self.memory(numbers: numbers, window: window).map { "\($0.name), " }.joined()
    let count = "\(macro)_CLASSES"
    func finished(_ place: String) -> [String] {
      answer.function.map { ["\($0.name)(\(place), \(count));"] } ?? []
    }
    var lines = ["network_1(\(buffers)outputs);"] + finished("outputs")
    for member in model.members.indices.dropFirst() {
      lines += ["network_\(member + 1)(\(buffers)answer);"] + finished("answer")
      lines.append("for (i = 0; i < \(count); i++) outputs[i] += answer[i];")
    }
    if isEnsemble { lines.append("for (i = 0; i < \(count); i++) outputs[i] /= \(model.members.count);") }
    if model.temperature != 1 {
      lines.append("calibrate(outputs, \(count), \(cLiteral(model.temperature)));")
    }
    return lines
  }

  // v / (255 · deviation) − mean / deviation, as the loader has it.
  private var scale: String {
    model.preprocessing.normalization.standardDeviation.map { cLiteral(1 / (255 * $0)) }.joined(
      separator: ", ")
  }

  private var offset: String {
    let normalization = model.preprocessing.normalization
    return zip(normalization.mean, normalization.standardDeviation).map { cLiteral(-$0 / $1) }
      .joined(separator: ", ")
  }
}
