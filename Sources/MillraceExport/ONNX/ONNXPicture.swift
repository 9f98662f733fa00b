import MillraceImages

/// The beginning of a graph that takes a picture of any size: what `predict` does with a decoded image, in the same
/// numbers.
///
/// It is reduced by means of squares of pixels where enough of them are left, and brought to the input's size by a triangle
/// filter, which is one matrix for the rows and one for the columns. The matrices are worked out of the picture's shape, in
/// double precision, since positions have more digits than a Float.
extension ONNXGraphBuilder {
  /// Lets the chain go on from a picture, U8 of (height, width, 3), to pixels from 0 to 255, F32 of (1, channels, height,
  /// width).
  ///
  /// - Parameters:
  ///   - preprocessing: The model's.
  ///   - name: The name of the pixels.
  mutating func addPicture(_ preprocessing: Preprocessing, pixels name: String) {
    let channels = preprocessing.channels
    let shape = node("Shape", "picture.shape", [current])
    let height = node("Gather", "picture.height", [shape, whole(0)])
    let width = node("Gather", "picture.width", [shape, whole(1)])
    add("Cast", "picture.values", [], [.to(.float)])
    if channels == .gray { addLuma() }
    let reduction = addReduction(
      width: width, height: height, leaving: preprocessing.decodedSize, channels: channels.rawValue)
    let (boxWidth, boxHeight) = box(of: preprocessing, width: width, height: height)
    let factor = node("Cast", "reduction.divisor", [reduction.factor], [.to(.double)])
    let columns = taps(
      ONNXAxis(
        name: "columns", side: width, box: boxWidth, pixels: reduction.columns,
        count: preprocessing.size.width), factor: factor, fit: preprocessing.fit)
    let rows = taps(
      ONNXAxis(
        name: "rows", side: height, box: boxHeight, pixels: reduction.rows, count: preprocessing.size.height),
      factor: factor, fit: preprocessing.fit)

    add("Transpose", "picture.planes", [], [.integers("perm", [2, 0, 1])])
    // What lies outside of the picture weighs nothing, so that it has the background's colour in the end.
    let isPadded = preprocessing.fit == .pad
    let background =
      isPadded
      ? constant("background", preprocessing.backgroundLevels, shape: [channels.rawValue, 1, 1]) : ""
    if isPadded { add("Sub", "picture.contrast", [background]) }
    let planes = current
    goOn(from: node("MatMul", "picture.rows", [rows, planes]))
    let across = node("Transpose", "columns.across", [columns], [.integers("perm", [1, 0])])
    add("MatMul", "picture.resized", [across])
    if isPadded { add("Add", "picture.padded", [background]) }
    add("Unsqueeze", name, [wholes([0])])
  }

  /// The luma of Rec. 601 in the 16-bit fixed point of libjpeg: whole numbers below 2²⁴, which Floats hold exactly.
  private mutating func addLuma() {
    add("MatMul", "luma.sums", [constant("luma.weights", [19_595, 38_470, 7_471], shape: [3, 1])])
    add("Add", "luma.raised", [constant("luma.half", [32_768])])
    add("Mul", "luma.scaled", [constant("luma.unit", [1 / 65_536])])
    add("Floor", "luma")
  }

  /// The sides of the part of the picture that fills the output, as Doubles in pixels of the picture.
  private mutating func box(
    of preprocessing: Preprocessing, width: String, height: String
  ) -> (width: String, height: String) {
    let wide = node("Cast", "picture.width.real", [width], [.to(.double)])
    let high = node("Cast", "picture.height.real", [height], [.to(.double)])
    let operation: String
    switch preprocessing.fit {
    case .stretch: return (wide, high)
    case .crop: operation = "Min"
    case .pad, .padReflect: operation = "Max"
    }
    let aspect = Double(preprocessing.size.width) / Double(preprocessing.size.height)
    let shapedWidth = node("Mul", "box.width.shaped", [high, real(aspect)])
    let shapedHeight = node("Div", "box.height.shaped", [wide, real(aspect)])
    return (
      node(operation, "box.width", [wide, shapedWidth]), node(operation, "box.height", [high, shapedHeight])
    )
  }
}
